"""When and where people eat, and how they top up their cards."""

from __future__ import annotations

import datetime as dt
from itertools import accumulate
from random import Random

from . import campus, menu
from .person import STUDENT, Person

#: Share of the day's purchases, share of meals of a regular customer, and (hour, sigma in minutes) of the
#: peaks.
MEALS = {
    menu.BREAKFAST: (0.20, 0.50, ((7.45, 20), (8.1, 14))),
    menu.LUNCH: (0.40, 0.85, ((11.6, 13), (12.2, 16), (12.75, 10))),
    menu.DINNER: (0.29, 0.72, ((17.4, 17), (18.1, 20))),
    menu.SNACK: (0.11, 0.18, ((10.0, 25), (15.6, 35), (20.7, 45))),
}
FIRST_MEAL, LAST_MEAL = dt.time(6, 20), dt.time(22, 40)
#: Where people eat: students, and those who may use the staff dining room.
STUDENT_PLACES = {
    "canteen_rice": 34,
    "canteen_noodle": 15,
    "canteen_spicy": 24,
    "canteen_wok": 19,
    "canteen_halal": 6,
}
STAFF_PLACES = {**STUDENT_PLACES, "canteen_staff": 130}
FAVOURITE = 3.0

#: (channel, share); the desk is open on working days only.
CHANNELS = {"wechat": 0.56, "alipay": 0.29, campus.CASH_DESK: 0.15}
DESK_HOURS = (dt.time(8, 30), dt.time(17, 0))
TOPUPS_MINOR = {5000: 20, 10000: 46, 20000: 22, 30000: 8, 50000: 4}
OPENING_MAX_MINOR = 22000


def moment(rng: Random, day: dt.date, meal: str) -> dt.datetime:
    """A time around one of the peaks of the meal."""
    hour, sigma = rng.choice(MEALS[meal][2])
    at = dt.datetime.combine(day, dt.time()) + dt.timedelta(
        minutes=int(rng.gauss(hour * 60, sigma)), seconds=rng.randrange(60)
    )
    return min(max(at, dt.datetime.combine(day, FIRST_MEAL)), dt.datetime.combine(day, LAST_MEAL))


class Taste:
    """The merchants that one person visits, with a favourite."""

    def __init__(self, rng: Random, person: Person) -> None:
        self.only = "canteen_halal" if person.halal else None
        weights = dict(STUDENT_PLACES if person.role == STUDENT else STAFF_PLACES)
        favourite = rng.choices(list(weights), list(weights.values()))[0]
        weights[favourite] *= FAVOURITE
        self.merchants = list(weights)
        self.cumulated = list(accumulate(weights.values()))

    def merchant(self, rng: Random, meal: str) -> str:
        """The merchant for this meal."""
        if meal == menu.SNACK:
            return campus.SHOP.code
        if self.only:
            return self.only
        if meal == menu.BREAKFAST:
            return "canteen_noodle"
        return rng.choices(self.merchants, cum_weights=self.cumulated)[0]


def channel(rng: Random, at: dt.datetime) -> str:
    """The channel of a top-up at that time."""
    found = rng.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    is_open = at.weekday() < 5 and DESK_HOURS[0] <= at.time() < DESK_HOURS[1]
    return found if is_open or found != campus.CASH_DESK else "wechat"


def topup_minor(rng: Random, needed_minor: int) -> int:
    """A round amount that covers what is needed."""
    fitting = {amount: weight for amount, weight in TOPUPS_MINOR.items() if amount >= needed_minor}
    if not fitting:
        return -(-needed_minor // 10000) * 10000
    return rng.choices(list(fitting), list(fitting.values()))[0]


def opening_minor(rng: Random) -> int:
    """The balance from the old system: mostly small, to the cent."""
    if rng.random() < 0.06:
        return 0
    return int(rng.triangular(20, OPENING_MAX_MINOR, 1800))
