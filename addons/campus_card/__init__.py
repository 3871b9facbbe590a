from . import address_log, controllers, models, pepper, wizard


def post_load():
    """Keep secrets of addresses out of the log; read the pepper."""
    address_log.install()
    pepper.load()


def post_init_hook(env):
    """Give every company that has a chart of accounts its plans and ledger accounts."""
    for company in env["res.company"].search([]):
        company._campus_setup()
