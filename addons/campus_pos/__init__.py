from . import controllers, models


def uninstall_hook(env):
    """Put away the payment methods that no till can serve any more; past payments keep theirs."""
    env["pos.payment.method"]._campus_put_away()
