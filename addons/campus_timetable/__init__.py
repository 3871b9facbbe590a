from odoo.addons.campus_card.db import uninstall

from . import controllers, models, wizard


def uninstall_hook(env):
    """Leave nothing in the database that Odoo does not know of."""
    uninstall.drop_objects(env, "campus_timetable")
