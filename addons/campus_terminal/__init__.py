from odoo.addons.campus_card.db import uninstall

from . import controllers, edge_app, models, seals, wizard


def post_load():
    """Put the short way for taps before Odoo's application."""
    edge_app.install()


def uninstall_hook(env):
    """Leave nothing in the database that Odoo does not know of."""
    uninstall.drop_objects(env, "campus_terminal")
