from . import controllers, models, wizard


def post_init_hook(env):
    """Give every company that has a chart of accounts its plans and ledger accounts."""
    for company in env["res.company"].search([]):
        company._campus_setup()
