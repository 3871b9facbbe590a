"""Finance: closes days, asks the bridge, sets lock dates."""

import datetime as dt


class Finance:
    """What the person of finance does in the morning and at the end of a month."""

    def __init__(self, world, login="finance", company=1):
        self.world, self.person, self.company = world, world.person(login), company

    def close(self, day, press_twice=False):
        """Close every open day up to ``day``."""
        wizard = self.person.wizard("campus.close.day", {"company_id": self.company, "date": day.isoformat()})
        result = self.person.press("campus.close.day", "action_close_until", wizard)
        if press_twice:
            self.person.press("campus.close.day", "action_close_until", wizard)
        return result

    def settle_reviews(self):
        """Say what was found about taps that need eyes, and charge what waits, so that the day can be closed."""
        person = self.person
        found = person.rpc("campus.tap.review", "search_read", [["state", "=", "open"]], ["is_held"])
        for review in found:
            if review["is_held"]:
                values = {"review_id": review["id"], "charge": "charge", "note": "已核对"}
                dialog = person.wizard("campus.tap.decide", values)
                person.press("campus.tap.decide", "action_apply", dialog)
            else:
                person.rpc("campus.tap.review", "write", [review["id"]], {"note": "已核对"})
                person.press("campus.tap.review", "action_settle", review["id"])
        return len(found)

    def lock(self, day):
        """Set Odoo's lock date of the books."""
        return self.world.person("admin").rpc(
            "res.company", "write", [self.company], {"fiscalyear_lock_date": day.isoformat()}
        )

    def closed_until(self):
        """The last closed day."""
        return self.world.value(
            "SELECT max(date) FROM campus_closing WHERE company_id = %s AND state = 'closed'",
            [self.company],
        )


def is_month_end(day):
    """Say whether the next day begins another month."""
    return (day + dt.timedelta(days=1)).month != day.month
