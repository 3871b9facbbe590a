"""Text that people wrote, as HTML: letters, nothing else."""

from markupsafe import Markup, escape


def to_html(text):
    """A paragraph with the text as it was written.

    Odoo's ``plaintext2html`` would make links of addresses, and whoever wrote the text would choose
    what staff click on.
    """
    lines = (text or "").splitlines()
    return Markup("<p>{}</p>").format(Markup("<br/>").join(map(escape, lines))) if lines else Markup()
