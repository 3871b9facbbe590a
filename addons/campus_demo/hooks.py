"""Makes the demo university in a new database."""

import datetime as dt
from zoneinfo import ZoneInfo

from odoo import fields

from .generator import campus

#: Parameter with the local time at which the history ends. It is kept, so that a second installation makes
#: the same history.
NOW_PARAMETER = "campus_demo.now"

#: With this parameter the school has a hundredth of its people and ten days.
SMALL_PARAMETER = "campus_demo.small"
SMALL = {"share": 0.01, "days": 10, "purchases": 150}


def post_init_hook(env):
    """Fill the first company: about a minute on two cores."""
    company = env.ref("base.main_company")
    demo = env["campus.demo"]
    demo._load_staff(company)
    now = _now(env)
    scale = SMALL if env["ir.config_parameter"].get_param(SMALL_PARAMETER) else {}
    demo._load_school(company, now, **scale)
    demo._load_student(company)
    demo._load_open_work(company)
    demo._load_daily_life(company, now)
    demo._load_access(company, now, scale.get("share", 1.0))


def _now(env):
    """The present time at the school, or the time of the first installation."""
    parameters = env["ir.config_parameter"]
    stored = parameters.get_param(NOW_PARAMETER)
    if stored:
        return fields.Datetime.to_datetime(stored)
    utc = fields.Datetime.now().replace(tzinfo=dt.timezone.utc)
    now = utc.astimezone(ZoneInfo(campus.TZ)).replace(tzinfo=None)
    parameters.set_param(NOW_PARAMETER, fields.Datetime.to_string(now))
    return now


def uninstall_hook(env):
    """Close what stands open to everybody; the school and its history stay."""
    env["campus.demo"]._put_away_users()
    env["campus.demo"]._put_away_provider()
