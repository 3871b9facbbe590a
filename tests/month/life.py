"""One day after the other at the university: who does what at which hour, drawn from the seed."""

import datetime as dt

from desk import Desk
from doors import Doors
from finance import Finance, is_month_end
from gifts import Gifts
from meals import Meals
from people import Crashed
from phones import Phone
from second import SecondCompany

JOBS = """
SELECT cron.id FROM ir_cron cron JOIN ir_act_server action ON action.id = cron.ir_actions_server_id
  JOIN ir_model model ON model.id = action.model_id
 WHERE model.model LIKE 'campus%%' AND cron.active ORDER BY cron.id
"""


class Life:
    """The people of the month; :meth:`day` plays one day."""

    def __init__(self, world):
        self.world = world
        self.meals = Meals(world)
        self.desk = Desk(world, self.meals)
        self.gifts = Gifts(world, self.desk)
        self.phone, self.finance = Phone(world), Finance(world)
        self.second, self.doors = SecondCompany(world), Doors(world)
        world.memory["figures"] = self.figures
        self.is_over = False

    def day(self, day, number, is_last=False):
        """Play ``day``, the ``number``-th of the month (from 1); the last night the edge is cut off."""
        world = self.world
        world.at(day, 3)
        world.step("night: scheduled jobs", self.scheduled_jobs)
        world.at(day, 6, 30)
        self.morning(day, number)
        world.at(day, 11, 20)
        self.meals.lunch()
        self.doors.noon(number)
        if number % 3 == 2:
            self.meals.outage()
        world.at(day, 14)
        self.afternoon(number)
        world.at(day, 17, 30)
        self.meals.dinner(number)
        if number % 3 == 0 or is_last:
            self.meals.alone(3)
        world.at(day, 22, 30)
        self.evening(day, number)

    def last_morning(self, day, number):
        """The morning after the last day, which is closed like the others: everything must hold again."""
        world = self.world
        world.at(day, 3)
        world.step("night: scheduled jobs", self.scheduled_jobs)
        world.at(day, 6, 30)
        self.is_over = True
        self.morning(day, number)
        for till in self.meals.tills:
            self.meals.close(till)
        for what in (*world.invariants.after_day(), *self.doors.checks.after_day()):
            world.violate("the month is over", what)

    def scheduled_jobs(self):
        """What Odoo's clock does at night, one job after the other."""
        for (cron,) in self.world.query(JOBS):
            self.world.person("admin").rpc("ir.cron", "method_direct_trigger", [cron])

    def morning(self, day, number):
        """Finance closes yesterday; then everything is compared, and the tills open."""
        world, finance, yesterday = self.world, self.finance, day - dt.timedelta(days=1)
        # what was tapped last night comes before the day is closed, or after it
        if number % 2:
            self.meals.late_taps()
        world.step("finance settles reviews", finance.settle_reviews)
        # a setting may have closed it at night
        if finance.closed_until() != yesterday:
            world.step(f"finance closes until {yesterday}", lambda: finance.close(yesterday))
        world.step(f"finance closes {yesterday} a second time", lambda: finance.close(yesterday), True)
        for what in (*world.invariants.after_day(), *self.doors.checks.after_day()):
            world.violate(f"morning of {day}", what)
        if is_month_end(yesterday) and number > 1:
            world.step(f"the books are locked until {yesterday}", lambda: finance.lock(yesterday))
        if number == 1:
            world.step("device manager pairs the canteen's edge", self.meals.pair)
            world.step("administrator makes a second company", self.second.make)
        self.meals.late_taps()
        self.meals.look()
        self.meals.open()
        for what in world.invariants.one_figure():
            world.violate(f"the tills of {day} are open", what)
        self.meals.breakfast()
        if not self.is_over:
            self.doors.morning(number)

    def afternoon(self, number):
        """Phones, the desk, and the second company."""
        world, phone = self.world, self.phone
        world.step("student opens every page", phone.look_around)
        world.step("student tops up by phone", lambda: phone.top_up(50))
        if number % 2:
            world.step("a payment fails", lambda: phone.top_up(30, ("error",)))
        if number % 4 == 1:
            world.step("student reports a loss", phone.report_lost)
            world.step("student has found it", phone.found_again)
        self.desk.counter()
        self.gifts.afternoon(number)
        if number % 2 == 0:
            self.desk.mistakes()
        self.desk.losses(number)
        self.desk.people(number)
        if number % 4 == 2:
            self.desk.debt()
        world.step("the second company tops up", self.second.top_up)
        self.doors.afternoon(number)

    def evening(self, day, number):
        """Tills close; nobody can lock the books over open days or close a day that has not come."""
        world = self.world
        self.doors.evening(number)
        self.meals.evening(day, number)
        # the last till may have closed after midnight
        tomorrow = world.today + dt.timedelta(days=1)
        if is_month_end(day):
            world.step("lock date over open days", lambda: self.finance.lock(day), True)
        world.step("close of tomorrow", lambda: self.finance.close(tomorrow), True)

    def figures(self):
        """What each screen calls available for the student of the demo, in cents."""
        [(number, uid)] = self.world.query(
            """SELECT holder.campus_number, card.uid FROM res_users u
                 JOIN res_partner holder ON holder.id = u.partner_id
                 JOIN campus_card card ON card.partner_id = holder.id
                WHERE u.login = 'student' AND card.state = 'active' AND card.uid IS NOT NULL LIMIT 1"""
        )
        found = {"portal": self.phone.available(), "counter": self.desk.office.available(number)}
        found["till"] = self.meals.tills[0].available(uid)
        if self.meals.machine.edge:
            answer = self.meals.machine.balance(uid)
            if answer["outcome"] != "granted":
                raise Crashed(f"the balance display refuses {uid}: {answer}")
            found["terminal"] = answer["balance_minor"]
        return {number: found}
