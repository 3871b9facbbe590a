import contextlib
import threading

from odoo import api, fields, models
from odoo.exceptions import AccessDenied, ValidationError
from odoo.fields import Domain
from odoo.http import request

WHAT_PAIR, WHAT_ADDRESS = "login", "login.address"
# Wrong passwords for one login from one address, and for any login from one address, in a span.
# Behind one address may be a whole campus: it must take what its people mistype on a Monday.
PAIR_TRIES, ADDRESS_TRIES = 10, 300
SPAN_S = 300


class ResUsers(models.Model):
    """Office staff may be limited to departments. For every way to log in, guessing passwords is limited by
    address and login name.
    """

    _inherit = "res.users"

    campus_department_ids = fields.Many2many(
        "campus.department",
        "campus_department_user_rel",
        "user_id",
        "department_id",
        "Campus Departments",
        ondelete="restrict",
        help="A card clerk or manager sees holders and cards of these departments and of those below "
        "them. Without any: of none.",
    )
    campus_all_departments = fields.Boolean(
        "All Campus Departments",
        default=True,
        help="A card clerk or manager sees the holders and cards of all departments. Choosing departments "
        "ends it; taking the last one away does not bring it back.",
    )

    @api.constrains("group_ids")
    def _check_campus_auditor_alone(self):
        auditor = self.env.ref("campus_card.group_campus_card_auditor", raise_if_not_found=False)
        if not auditor:
            return
        office = self.env.ref("campus_card.group_campus_card_clerk")
        office |= self.env.ref("campus_card.group_campus_card_finance")
        office |= self.env.ref("campus_card.group_campus_card_device_manager")
        for user in self:
            if auditor in user.all_group_ids and office & user.all_group_ids:
                raise ValidationError(
                    self.env._(
                        "%s: an auditor cannot work in the card office, in card finance or on devices as well.",
                        user.name,
                    )
                )

    @api.model
    def _add_missing_default_values(self, values):
        """A portal user made for a holder leaves the holder's own properties as they are."""
        completed = super()._add_missing_default_values(values)
        if values.get("partner_id") and "campus_properties" not in values:
            completed.pop("campus_properties", None)
        return completed

    @api.model
    def _get_invalidation_fields(self):
        # the record rules read it, and their domains are cached per user
        return super()._get_invalidation_fields() | {"campus_department_ids", "campus_all_departments"}

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        for user, vals in zip(users, vals_list, strict=True):
            user._limit_to_departments(vals)
        return users

    def write(self, vals):
        res = super().write(vals)
        self._limit_to_departments(vals)
        return res

    def _limit_to_departments(self, vals):
        """Who is given departments is limited to them, also when they are all taken away again."""
        if "campus_department_ids" in vals and "campus_all_departments" not in vals:
            self.filtered(lambda user: user.campus_department_ids and user.campus_all_departments).write(
                {"campus_all_departments": False}
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named(self):
        """Who has moved money, decided or signed something stays, so that it can be read who it was."""
        # sudo: who deletes a user need not be able to read the ledger
        if self.env["campus.transfer"].sudo().search_count([("user_id", "in", self.ids)], limit=1):
            raise ValidationError(
                self.env._("This user has moved money and stays in the books: archive the user.")
            )
        if places := self._campus_named_in():
            raise ValidationError(
                self.env._("This user is named in %s and stays: archive the user.", ", ".join(places))
            )

    def _campus_named_in(self):
        """Names of the records of the card that say who did something, and name one of these users."""
        names = []
        for model in self.env.values():
            evidence = [
                field.name
                for field in model._fields.values()
                if model._auto and not model._transient and model._name.startswith("campus.")
                and field.type == "many2one" and field.store and field.comodel_name == "res.users"
                and field.ondelete == "restrict"
            ]  # fmt: skip
            domain = Domain.OR(Domain(name, "in", self.ids) for name in evidence)
            # sudo: as above
            if evidence and model.sudo().with_context(active_test=False).search_count(domain, limit=1):
                names.append(self.env["ir.model"]._get(model._name).sudo().name)
        return sorted(names)

    # -- guessing passwords ------------------------------------------------------

    @contextlib.contextmanager
    def _assert_can_auth(self, user=None):
        address = self._campus_login_address()
        if not address:
            yield
            return
        login = self._campus_login_name(user)
        pair = f"{address} {login}"
        rates = self.env["campus.rate"]
        if rates._tried(WHAT_PAIR, pair, SPAN_S) >= PAIR_TRIES or (
            rates._tried(WHAT_ADDRESS, address, SPAN_S) >= ADDRESS_TRIES
            and not self._campus_worked_here(login, address)
        ):
            raise AccessDenied(
                self.env._("Too many wrong passwords. Wait %s minutes and try again.", SPAN_S // 60)
            )
        try:
            yield
        except AccessDenied:
            rates._may_try(WHAT_PAIR, pair, PAIR_TRIES, SPAN_S)
            rates._may_try(WHAT_ADDRESS, address, ADDRESS_TRIES, SPAN_S)
            raise

    def _campus_worked_here(self, login, address):
        """Whether this login was used from this address before: one person who floods a campus with wrong
        passwords locks out nobody who works there."""
        devices = [("user_id.login", "=", login), ("ip_address", "=", address)]
        # sudo: nobody is logged in yet
        return bool(self.env["res.device.log"].sudo().search_count(devices, limit=1))

    def _campus_login_address(self):
        """Where the try comes from; nothing when it is no request, as in a shell."""
        if request:
            return request.httprequest.remote_addr
        return getattr(threading.current_thread(), "campus_address", None)

    def _campus_login_name(self, user):
        if isinstance(user, int):
            # sudo: programs log in with the id of a user; it is the same login
            user = self.sudo().browse(user).exists().login or user
        return str(user).strip().lower()[:256]
