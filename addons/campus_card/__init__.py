from . import address_log, controllers, models, pepper, wizard
from .db import uninstall


def post_load():
    """Keep secrets of addresses out of the log; read the pepper."""
    address_log.install()
    pepper.load()


def post_init_hook(env):
    """Give every company that has a chart of accounts its plans and ledger accounts."""
    for company in env["res.company"].search([]):
        company._campus_setup()


def uninstall_hook(env):
    """Leave nothing in the database that Odoo does not know of."""
    uninstall.drop_objects(env, "campus_card")
