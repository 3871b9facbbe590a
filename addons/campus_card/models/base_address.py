from urllib.parse import urlsplit

from odoo import models
from odoo.http import request

#: What Odoo believes to be its address before an administrator has logged in.
NOBODYS = ("", "localhost", "127.0.0.1", "::1")


def is_nobodys(url):
    """Whether nobody but this machine can follow a link to that address."""
    return (urlsplit(url or "").hostname or "") in NOBODYS


class Base(models.AbstractModel):
    """The address of this server, in commands, receipts and links.

    Odoo learns it when an administrator logs in, and says ``localhost`` until then. Whoever works here
    meanwhile has the right one before them; it is shown to them and stored nowhere, because the
    address of a request is what its sender says it is.
    """

    _inherit = "base"

    def get_base_url(self):
        """Return the address that the request came by, if the database knows only an address that nobody else can reach."""
        known = super().get_base_url()
        if not is_nobodys(known):
            return known
        if request and request.env.user._is_internal():
            return request.httprequest.url_root.rstrip("/")
        return known
