"""What leaves the system says the time of the campus's clock, not that of whoever or whatever made it."""

import re
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
#: Screens of staff show the time zone of their user, as all of Odoo does.
SCREENS = {"campus_tap_review.py", "campus_bridge.py"}


def text_of(*patterns):
    for pattern in patterns:
        for path in sorted(ADDONS.glob(pattern)):
            if "tests" not in path.relative_to(ADDONS).parts:
                yield path.name, path.read_text(encoding="utf-8")


def test_pages_and_mails_write_no_moment_by_another_clock():
    wrong = []
    for name, text in text_of("*/views/*.xml", "*/data/*.xml", "*/report/*.xml"):
        lines = text.splitlines()
        wrong += [
            (name, line.strip())
            for line in lines
            if (".strftime(" in line and not re.search(r"local\([^)]*\)\.strftime\(|DateTime\.now\(\)", line))
            or ("format_datetime(" in line and "tz=" not in line)
            or re.search(r"'widget': 'datetime'(?![^}]*tz_name)", line)
        ]
        # a moment that a template writes as it comes is one of UTC
        wrong += [(name, part) for part in re.findall(r"<time [^>]*t-out=\"[\w\[\]'.]*_at\"", text)]
    assert wrong == []


def test_programs_that_write_files_and_pages_ask_the_company_for_its_clock():
    wrong = [
        name
        for name, text in text_of("campus_*/models/*.py", "campus_*/controllers/*.py", "campus_*/wizard/*.py")
        if re.search(r"context_timestamp\(|context_today\(.*tz|format_datetime\(self\.env, (?!.*tz=)", text)
        and name not in SCREENS | {"campus_tap.py"}
    ]
    assert wrong == []


def test_scripts_of_the_pages_use_the_campus_clock_too():
    wrong = []
    for folder in ("campus_portal", "campus_topup", "campus_alert"):
        for path in sorted((ADDONS / folder / "static" / "src").rglob("*.js")):
            text = path.read_text(encoding="utf-8")
            calls = re.findall(r"toLocale(?:Date|Time)?String\([^)]*\)", text)
            wrong += [(path.name, call) for call in calls if "timeZone" not in call]
            for line in text.splitlines():
                if re.search(r"\.get(Hours|Minutes|Date|Month|FullYear)\(\)", line):
                    wrong.append((path.name, line.strip()))
    assert wrong == []
