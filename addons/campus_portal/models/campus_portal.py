import babel.dates
from odoo import api, models
from odoo.addons.campus_card.campus_core import card_state, money
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import consteq
from odoo.tools.misc import babel_locale_parse, hmac

HOLDER_SCOPE = "campus_portal.holder"


NEW_CODES_A_DAY = 10


class CampusPortal(models.AbstractModel):
    """What holders may see and do with their own card, money and phone.

    Portal users may read neither cards nor the ledger. All methods start from the person who is logged in
    (:meth:`_holder`) and take no id of another person. Therefore they may run with the rights of the system.
    Methods return plain values for pages, never records of other people.
    """

    _name = "campus.portal"
    _description = "A Holder's Own Card"

    # -- who -------------------------------------------------------------------

    @api.model
    def _holder(self):
        """The logged-in person as a holder (with the rights of the system), or an empty record."""
        user = self.env.user
        if user._is_public():
            return self.env["res.partner"]
        # sudo: portal users may not read campus fields, not even their own; see the class
        holder = user.partner_id.sudo()
        return holder if holder.campus_number else holder.browse()

    @api.model
    def _need_holder(self):
        """The logged-in holder. Raises ``AccessError`` if the person is no holder."""
        holder = self._holder()
        if not holder:
            raise AccessError(self.env._("You have no campus card here. Please ask the card office."))
        return holder

    @api.model
    def _company(self):
        return self._holder().company_id or self.env.company

    @api.model
    def _wallet(self):
        """The holder's wallet, or an empty record before the first card or top-up."""
        holder = self._need_holder()
        wallets = holder.env["campus.wallet"]
        domain = [("partner_id", "=", holder.id), ("company_id", "=", self._company().id), *wallets._live()]
        return wallets.search(domain, limit=1)

    @api.model
    def _cards(self):
        """The holder's cards that have not ended, those first that may pay."""
        holder = self._need_holder()
        cards = holder.env["campus.card"].search(
            [
                ("partner_id", "=", holder.id),
                ("company_id", "=", self._company().id),
                ("state", "in", list(card_state.IN_USE)),
            ]
        )
        return cards.sorted(lambda card: card._resolve_rank())

    @api.model
    def _own_card(self, card_id):
        """One of the holder's own cards. Raises ``AccessError`` for any other card."""
        card = self._cards().filtered(lambda card: str(card.id) == str(card_id))
        if not card:
            raise AccessError(self.env._("This is not a card of yours."))
        return card

    @api.model
    def _holder_key(self):
        """A pseudonym of the holder. The phone stores its key under this name."""
        holder = self._need_holder()
        return hmac(holder.env, HOLDER_SCOPE, str(holder.id))[:32]

    @api.model
    def _is_holder_key(self, key):
        return consteq(self._holder_key(), str(key))

    # -- pages -------------------------------------------------------------------

    @api.model
    def _tabs(self):
        """``[{key, icon, label, url}]``: the tabs at the foot of each page. Addons extend this method."""
        return [
            {"key": "card", "icon": "card", "label": self.env._("Card"), "url": "/my/card"},
            {"key": "help", "icon": "help", "label": self.env._("Help"), "url": "/my/card/help"},
            {"key": "settings", "icon": "person", "label": self.env._("Me"), "url": "/my/card/settings"},
        ]

    @api.model
    def _actions(self):
        """``[{icon, label, url, danger}]``: the large buttons under the code. Addons extend this method."""
        return [{"icon": "key", "label": self.env._("Emergency code"), "url": "/my/card/emergency"}]

    @api.model
    def _notes(self):
        """``[{kind: good, warn or bad, icon, text, url, label}]``: what the holder should know now."""
        return []

    @api.model
    def _words(self):
        """The texts about times that the page's script needs. Odoo does not translate attributes in
        templates.
        """
        return {
            "now": self.env._("just now"),
            "minutes": self.env._("%s min ago"),
            "hours": self.env._("%s h ago"),
            "days": self.env._("%s days ago"),
            "today": self.env._("Today"),
            "yesterday": self.env._("Yesterday"),
        }

    @api.model
    def _home_values(self):
        holder, wallet, cards = self._need_holder(), self._wallet(), self._cards()
        return {
            "holder": self._present_holder(holder),
            "holder_key": self._holder_key(),
            "words": self._words(),
            "status": self._present_status(wallet, cards),
            "money": self._present_money(wallet),
            "actions": self._actions(),
            "notes": self._notes(),
            "recent": self._recent(wallet),
        }

    @api.model
    def _settings_values(self):
        langs = self.env["res.lang"].get_installed()
        holder = self._holder()
        return {
            "languages": [{"code": code, "name": name.split(" / ")[-1]} for code, name in langs],
            "current_language": self.env.lang or "en_US",
            "holder": holder and self._present_holder(holder),
            "holder_key": holder and self._holder_key(),
        }

    @api.model
    def _set_language(self, code):
        if code not in dict(self.env["res.lang"].get_installed()):
            raise ValidationError(self.env._("This language is not installed."))
        # sudo: a portal user may not write users; this is the user's own language
        self.env.user.sudo().lang = code

    # -- values ------------------------------------------------------------------

    @api.model
    def _present_holder(self, holder):
        roles = dict(holder._fields["campus_role"]._description_selection(self.env))
        department = holder.campus_department_id
        return {
            "name": holder.name,
            "initial": next(iter((holder.name or "?").strip()), "?"),
            "about": " · ".join(filter(None, (department.name, roles.get(holder.campus_role)))),
            "has_photo": bool(holder.with_context(bin_size=True).image_128),
        }

    @api.model
    def _present_status(self, wallet, cards):
        """The state of the account in a word, ``{kind, label}``, and whether a code may be shown."""
        states = dict(cards._fields["state"]._description_selection(self.env))
        if wallet.state == "frozen":
            return {"kind": "bad", "label": self.env._("Frozen")}
        if wallet.state == "closed":
            return {"kind": "bad", "label": self.env._("Closed")}
        first = cards[:1]
        if not first:
            return {"kind": "warn", "label": self.env._("No card yet")}
        kind = {"active": "good", "frozen": "bad", "lost": "bad"}.get(first.state, "warn")
        return {"kind": kind, "label": states[first.state]}

    @api.model
    def _present_money(self, wallet):
        pockets = [self._present_pocket(pocket) for pocket in self._shown_pockets(wallet)]
        held_minor = wallet.balance_minor - wallet.available_minor - wallet.expired_minor
        return {
            "symbol": wallet.currency_id.symbol or self._company().currency_id.symbol,
            "available": money.format_minor(wallet.available_minor),
            "held": held_minor and money.format_minor(held_minor),
            "debt": wallet.debt_minor and money.format_minor(wallet.debt_minor),
            "pockets": pockets,
        }

    @api.model
    def _shown_pockets(self, wallet):
        """The pockets to show, in the order of spending: cash always, the others while they have money to
        spend.
        """
        pockets = wallet.pocket_ids.filtered(
            lambda p: p.available_minor or (p.balance_minor and not p.is_expired) or p.plan_id.code == "cash"
        )
        return pockets.sorted(lambda p: (not p.expires_on, str(p.expires_on or ""), p.plan_id.sequence, p.id))

    @api.model
    def _present_pocket(self, pocket):
        until = pocket.expires_on
        return {
            "name": pocket.plan_id.name,
            "until": until and self.env._("until %s", self._format_day(until)),
            "amount": money.format_minor(pocket.available_minor),
        }

    @api.model
    def _format_day(self, day):
        """A date without its year in the language's format, such as Dec 31."""
        locale = babel_locale_parse(self.env.lang or "en_US")
        return babel.dates.format_skeleton("MMMd", day, locale=locale)

    # -- the holder's emergency code ---------------------------------------------

    @api.model
    def _emergency_values(self):
        holder = self._need_holder()
        record = holder.env["campus.emergency"]._of(holder, self._company())
        # sudo: holders do not read companies; the limit is shown to them
        company = self._company().sudo()
        return {
            "number": holder.campus_number,
            "set_at": record.set_at,
            "cap": money.format_minor(company.campus_emergency_cap_minor),
            "symbol": company.currency_id.symbol,
            "is_on": company.campus_emergency_cap_minor > 0,
        }

    @api.model
    def _new_emergency_code(self):
        """A new code such as ``1234 5678``, or None if the holder made too many today."""
        holder = self._need_holder()
        if not self.env["campus.rate"]._may_try("emergency", self.env.uid, NEW_CODES_A_DAY, 86400):
            return None
        code = holder.env["campus.emergency"]._renew(holder, self._company())
        return f"{code[:4]} {code[4:]}"
