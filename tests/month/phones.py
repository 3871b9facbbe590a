"""A holder with a phone: pages, money by a provider, a loss reported and lifted."""

import re

from people import Crashed

from support.topup import transaction

PAGES = (
    "/my/card",
    "/my/card/history",
    "/my/card/topup",
    "/my/card/limits",
    "/my/card/lost",
    "/my/card/settings",
)
AVAILABLE = re.compile(r"<output>(?:<[^>]*>)?\D*([\d,]+\.\d\d)")


class Phone:
    """The portal as one holder uses it."""

    def __init__(self, world, login="student"):
        self.world, self.person = world, world.person(login)

    def look_around(self):
        """Open every page."""
        for path in PAGES:
            text = self.person.page(path)
            if "Traceback" in text:
                raise Crashed(f"{path} shows a traceback")

    def available(self):
        """What the first page calls available, in cents."""
        found = AVAILABLE.search(self.person.page("/my/card"))
        if not found:
            raise Crashed("the first page shows no balance")
        return int(found[1].replace(",", "").replace(".", ""))

    def top_up(self, yuan, states=("done",)):
        """Pay ``yuan`` through the demo provider, which reports ``states`` one after the other."""
        route, values = transaction(self.person.page(f"/my/card/topup?amount={yuan}"))
        processing = self.person.call(route, values)
        for state in states:
            self.person.call(
                "/payment/demo/simulate_payment",
                {
                    "reference": processing["reference"],
                    "simulated_state": state,
                    "payment_details": "1234",
                },
            )
            self.person.call("/payment/status/poll", {})
        return processing["reference"]

    def report_lost(self):
        """Freeze everything with one press."""
        self.person.page("/my/card/lost/report", {})

    def found_again(self):
        """Lift it."""
        self.person.page("/my/card/lost/found", {})
