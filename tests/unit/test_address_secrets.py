"""No address that opens something is in a log as it is: neither in Odoo's nor in nginx's."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
SECRET = "LwQyF841e9vnqFvxgeWA"
_spec = importlib.util.spec_from_file_location("address_log", ADDONS / "campus_card" / "address_log.py")
address_log = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(address_log)
NGINX = re.findall(
    r'^    "~(\^[^"]+)" "[^"]+\[hidden\][^"]*";$', (ROOT / "config/nginx.conf").read_text("utf-8"), re.M
)


def routes():
    found = set()
    for path in ADDONS.glob("*/controllers/*.py"):
        found |= set(re.findall(r'"(/[^"\s]*<string:token>[^"\s]*)"', path.read_text("utf-8")))
    return sorted(found)


def filled(route):
    return re.sub(r"<int:\w+>", "7", route).replace("<string:token>", SECRET)


def test_there_are_such_addresses():
    assert "/card/visit/<string:token>" in routes() and len(routes()) >= 6 and len(NGINX) >= 4


@pytest.mark.parametrize("route", routes())
@pytest.mark.parametrize("before", ["", "/zh_CN"])
def test_an_address_that_opens_something_is_hidden(route, before):
    address = before + filled(route)
    said = address_log.without_secrets(f'"GET {address} HTTP/1.1" 200')
    assert SECRET not in said and "[hidden]" in said
    # nginx writes the named groups of the first pattern that fits
    hits = (re.search(pattern.replace("(?<", "(?P<"), address) for pattern in NGINX)
    hit = next((one for one in hits if one), None)
    assert hit is not None and SECRET not in "".join(filter(None, hit.groupdict().values()))
