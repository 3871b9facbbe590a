import contextlib
import threading

from odoo import models
from odoo.exceptions import AccessDenied
from odoo.http import request

WHAT_PAIR, WHAT_ADDRESS = "login", "login.address"
# Wrong passwords for one login from one address, and for any login from one address, in a span.
# Behind one address may be a whole campus: it must take what its people mistype on a Monday.
PAIR_TRIES, ADDRESS_TRIES = 10, 300
SPAN_S = 300


class ResUsers(models.Model):
    """Guessing passwords is limited by address and login name, for every way to log in.

    Odoo counts by address alone, in the memory of one worker: a colleague's wrong passwords lock out
    everybody behind their address, and who guesses has as many tries as there are workers.
    """

    _inherit = "res.users"

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
