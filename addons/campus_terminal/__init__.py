from . import controllers, edge_app, models, seals, wizard


def post_load():
    """Put the short way for taps before Odoo's application."""
    edge_app.install()
