"""Our own documents on paper: HTML with rules for pages becomes a PDF that has its fonts inside.

Odoo's documents stay with wkhtmltopdf. Debian's has no repeated heads and no page numbers, and many servers
have none at all.
"""

import logging

from odoo.tools.image import image_data_uri

# They tell each step of each page.
for _name in ("weasyprint.progress", "fontTools"):
    logging.getLogger(_name).setLevel(logging.WARNING)


def render(env, template, company, values):
    """Return the PDF of a QWeb template, in the language of ``env``.

    :param str template: it calls ``campus_card.paper`` with ``title`` set
    :param values: what the template shows
    :rtype: bytes
    """
    logo = image_data_uri(company.logo) if company.logo else None
    language = (env.lang or "en_US").replace("_", "-")
    made = env["ir.qweb"]._render(
        template, {"company": company, "logo": logo, "language": language, **values}, minimal_qcontext=True
    )
    return to_pdf(str(made))


def to_pdf(html):
    """Return HTML as a PDF. Nothing is fetched for it: pictures are inside the HTML as ``data:``."""
    # pylint: disable=import-outside-toplevel
    # It takes seconds and 40 MB to load, and most workers never print.
    import weasyprint
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols=["data"])
    return weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf()
