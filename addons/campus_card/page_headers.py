"""Headers that every answer at an address of ours has, whether it is a page, a file or an error."""

import re

#: Our addresses, after the language that Odoo may put before them.
OURS = re.compile(r"^/(?:[a-z]{2,3}(?:_[A-Za-z@]+)?/)?(?:my/card|card|campus\w*)(?:/|$)")
#: Addresses that open something: no page is told that its visitor came from there.
SECRET = re.compile(r"^/(?:[a-z]{2,3}(?:_[A-Za-z@]+)?/)?(?:card/topup|card/identity|campus_pos/photo)/")
#: Answers that are no pages need nothing; in nobody's frame.
FILE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#: Odoo's own pages: its errors, and the form of a payment, whose scripts belong to the providers.
ODOO_PAGE_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' https:",
        "style-src 'self' 'unsafe-inline' https:",
        "img-src 'self' data: https:",
        "font-src 'self' data: https:",
        "connect-src 'self' https: wss:",
        "frame-src 'self' https:",
        "form-action 'self' https:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def is_ours(path):
    """Whether an address is one of the campus card."""
    return bool(OURS.match(path))


def complete(headers, content_type, path):
    """Add what is missing; what a page has set for itself stays."""
    if SECRET.match(path):
        headers["Referrer-Policy"] = "no-referrer"
    for name, value in ALWAYS.items():
        headers.setdefault(name, value)
    is_page = (content_type or "").startswith("text/html")
    policy = headers.get("Content-Security-Policy")
    if not policy or "frame-ancestors" not in policy:
        headers["Content-Security-Policy"] = ODOO_PAGE_POLICY if is_page else FILE_POLICY
