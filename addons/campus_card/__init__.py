from . import address_log, controllers, models, wizard


def post_load():
    """Keep secrets of addresses out of the log."""
    address_log.install()


def post_init_hook(env):
    """Give every company that has a chart of accounts its plans and ledger accounts."""
    for company in env["res.company"].search([]):
        company._campus_setup()
