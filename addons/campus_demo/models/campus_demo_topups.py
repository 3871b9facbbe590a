import datetime as dt

from odoo import api, models

from ..generator import campus, cast, daily, event
from .campus_demo import LANGUAGE

#: Number of days before the end of the history with online payments. Loading a payment takes a tenth of a
#: second, so there are not more.
ONLINE_DAYS = 21
PREFIX = "CARD"


class CampusDemo(models.AbstractModel):
    """Online top-ups with Odoo's payments, and their links, mandates and payment methods.

    The demo provider asks nobody. Everything else is as usual: the payment is processed, post-processed and
    posted on its day in the history.
    """

    _inherit = "campus.demo"

    @api.model
    def _load_online(self, company, history, wallets):
        """Who pays online and how, before the history begins.

        :param wallets: ids of the persons' wallets, in the order of ``history.people``
        :return: ``{provider, since, people: {position}, link: {position: record}, mandate: {...}}``
        """
        provider = self._load_provider(company)
        roles = {person.key: index for index, person in enumerate(history.people) if person.key}
        online = {
            "provider": provider,
            "prefix": self._online_prefix(company),
            "since": history.now - dt.timedelta(days=ONLINE_DAYS),
            "people": {*roles.values(), *range(0, len(history.people), daily.ONLINE_EVERY)},
        }
        wallet_of = {key: self.env["campus.wallet"].browse(wallets[index]) for key, index in roles.items()}
        links = self._load_links(wallet_of)
        mandates = self._load_mandates(provider, wallet_of, history.now)
        online["link"] = {roles[key]: record for key, record in links.items()}
        online["mandate"] = {roles[key]: record for key, record in mandates.items()}
        return online

    @api.model
    def _load_provider(self, company):
        """Odoo's demo provider, in test mode, on the company's bank journal."""
        Provider = self.env["payment.provider"]
        provider = Provider.search([("code", "=", "demo"), ("company_id", "=", company.id)], limit=1)
        if not provider:
            provider = self.env.ref("payment.payment_provider_demo").copy({"company_id": company.id})
        if not provider.campus_channel_id or provider.state == "disabled":
            method = self.env.ref("payment_demo.payment_method_demo")
            journal = self.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
            )
            provider.write(
                {
                    "state": "test",
                    "is_published": True,
                    "allow_tokenization": True,
                    "payment_method_ids": [(4, method.id)],
                    "journal_id": journal.id,
                }
            )
            # only after its provider: Odoo enables no method of providers that are all disabled
            method.active = True
            for record, name in ((provider, "线上支付（演示）"), (method, "演示支付")):
                record.update_field_translations("name", {LANGUAGE: name})
            provider._campus_channel().name = "线上支付（演示）"
        return provider

    @api.model
    def _put_away_provider(self):
        """Close the demo provider: it takes everything for paid."""
        providers = self.env["payment.provider"].search([("code", "=", "demo"), ("state", "!=", "disabled")])
        providers.write({"state": "disabled", "is_published": False})

    @api.model
    def _online_prefix(self, company):
        """How references begin: not as those of payments whose top-ups went with an earlier installation."""
        left = self.env["payment.transaction"].search(
            [
                ("company_id", "=", company.id),
                ("reference", "=like", f"{PREFIX}%"),
                ("campus_wallet_id", "=", False),
            ]
        )
        before = len({reference.partition("-")[0] for reference in left.mapped("reference")})
        return f"{PREFIX}{before + 1}" if before else PREFIX

    @api.model
    def _load_links(self, wallet_of):
        """:return: {key of the cast: the valid link}"""
        Link, found = self.env["campus.topup.link"], {}
        for planned in daily.LINKS:
            if planned.role not in wallet_of:
                continue
            wallet = wallet_of[planned.role]
            link = Link.search(
                [("wallet_id", "=", wallet.id), ("shown_name", "=", planned.shown_name)], limit=1
            )
            if not link:
                link = Link._make(wallet, planned.shown_name)
                if planned.revoked:
                    link._revoke()
            if not planned.revoked:
                found[planned.role] = link
        return found

    @api.model
    def _load_mandates(self, provider, wallet_of, now):
        """:return: {key of the cast: the active mandate}"""
        Mandate = self.env["campus.topup.mandate"].with_context(lang=LANGUAGE)
        found = {}
        for planned in daily.STANDINGS:
            if planned.role not in wallet_of:
                continue
            wallet = wallet_of[planned.role]
            mandate = Mandate.search([("wallet_id", "=", wallet.id)], limit=1)
            if not mandate:
                token = self._make_token(provider, wallet.partner_id, planned)
                mandate = Mandate._agree(wallet, token, planned.threshold_minor, planned.amount_minor)
                mandate.consented_at = self._to_utc(now - dt.timedelta(days=ONLINE_DAYS))
                if planned.paused:
                    mandate.write({"state": "paused", "paused_reason": "银行卡余额不足"})
            if not planned.paused:
                found[planned.role] = mandate
        return found

    @api.model
    def _make_token(self, provider, payer, planned):
        return self.env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment_demo.payment_method_demo").id,
                "partner_id": payer.id,
                "provider_ref": "demo",
                "payment_details": planned.ending,
                "demo_simulated_state": "error" if planned.paused else "done",
            }
        )

    # -- the history's top-ups ---------------------------------------------------------

    @api.model
    def _is_online(self, entry, targets):
        """Whether this top-up was paid online."""
        by_phone = {channel.code for channel in campus.CHANNELS}
        return (
            entry.kind == event.TOPUP
            and entry.account in by_phone
            and entry.at >= targets["online"]["since"]
            and entry.person in targets["online"]["people"]
        )

    @api.model
    def _pay_online(self, entries, targets, day):
        """Pay and put the money on the card. Returns the answers of the ledger. Existing payments are not
        changed.
        """
        prefix = targets["online"]["prefix"]
        references = [self._online_reference(entry, prefix) for entry in entries]
        known = set(
            self.env["payment.transaction"].search([("reference", "in", references)]).mapped("reference")
        )
        return [
            self._pay_one(entry, targets, day)
            for entry, reference in zip(entries, references, strict=True)
            if reference not in known
        ]

    @api.model
    def _online_reference(self, entry, prefix):
        return f"{prefix}-{entry.at:%Y%m%d}-{entry.uuid[-12:]}"

    @api.model
    def _pay_one(self, entry, targets, day):
        at = self._to_utc(entry.at)
        vals = self._prepare_online_vals(entry, targets, at)
        tx = self.env["payment.transaction"].create(vals)
        # The top-up of that day. Post-processing asks again and gets this answer.
        posting = {**tx._prepare_campus_posting(), "occurred_at": at}
        [answer] = self.env["campus.ledger"]._post([posting], booking_date=day)
        tx._process("demo", {"reference": tx.reference, "simulated_state": "done", "payment_details": "6688"})
        tx.with_context(default_date=day)._post_process()
        self._backdate(tx, at, "last_state_change")
        if tx.campus_link_id:
            tx.campus_link_id.last_used_at = at
        if tx.campus_mandate_id:
            tx.campus_mandate_id.charged_at = at
        return answer

    @api.model
    def _prepare_online_vals(self, entry, targets, at):
        online = targets["online"]
        wallet = self.env["campus.wallet"].browse(targets["wallet"][entry.person])
        vals = {
            "provider_id": online["provider"].id,
            "payment_method_id": self.env.ref("payment_demo.payment_method_demo").id,
            "reference": self._online_reference(entry, online["prefix"]),
            "amount": entry.amount_minor / 100,
            "currency_id": wallet.currency_id.id,
            "partner_id": wallet.partner_id.id,
            "operation": "online_direct",
            "campus_wallet_id": wallet.id,
            "campus_topup_state": "waiting",
        }
        mandate, link = online["mandate"].get(entry.person), online["link"].get(entry.person)
        if mandate and at >= mandate.consented_at and entry.amount_minor == mandate.amount_minor:
            vals |= {"operation": "offline", "token_id": mandate.token_id.id, "campus_mandate_id": mandate.id}
        elif link and entry.at.day % 2:
            guest = wallet.company_id._get_public_user().partner_id
            vals |= {"campus_link_id": link.id, "partner_id": guest.id}
        return vals

    # -- payments that became none -------------------------------------------------------

    @api.model
    def _load_started(self, company, now):
        """Payments that are pending, failed or cancelled."""
        provider, prefix = self._load_provider(company), self._online_prefix(company)
        for number, planned in enumerate(daily.STARTED, 1):
            wallet = self._wallet_of_role(company, planned.role)
            reference = f"{prefix}-{company.id}-{planned.state}-{number}"
            if not wallet or self.env["payment.transaction"].search_count([("reference", "=", reference)]):
                continue
            tx = self.env["payment.transaction"].create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": self.env.ref("payment_demo.payment_method_demo").id,
                    "reference": reference,
                    "amount": planned.amount_minor / 100,
                    "currency_id": wallet.currency_id.id,
                    "partner_id": wallet.partner_id.id,
                    "operation": "online_direct",
                    "campus_wallet_id": wallet.id,
                    "campus_topup_state": "waiting",
                }
            )
            report = {"reference": reference, "simulated_state": planned.state, "payment_details": "6688"}
            tx.with_context(lang=LANGUAGE)._process("demo", report)
            tx._post_process()
            self._backdate(tx, self._to_utc(now - dt.timedelta(hours=planned.hours_ago)), "last_state_change")

    @api.model
    def _wallet_of_role(self, company, key):
        """The wallet of a member of the cast; an empty record if a small school does not have this role."""
        domain = [("company_id", "=", company.id), ("uid", "=", cast.BY_KEY[key].uid)]
        return self.env["campus.card"].search(domain, limit=1).wallet_id

    @api.model
    def _backdate(self, records, at, *columns):
        """Set the records' creation date to the date in the story."""
        records.flush_recordset()
        names = ("create_date", "write_date", *columns)
        sets = ", ".join(f"{name} = %(at)s" for name in names)
        self.env.cr.execute(
            f"UPDATE {records._table} SET {sets} WHERE id = ANY(%(ids)s)", {"at": at, "ids": records.ids}
        )
        records.invalidate_recordset()
