"""Menus of all addons together: where each stands does not depend on which addon came first."""

from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

ADDONS = Path(__file__).resolve().parents[2] / "addons"


def menus():
    """Each menu as (parent, sequence, id), ids with their addon."""
    for path in sorted(ADDONS.glob("*/*/*.xml")):
        addon = path.relative_to(ADDONS).parts[0]
        for menu in ElementTree.parse(path).iter("menuitem"):
            names = (menu.get("parent", ""), menu.get("id"))
            parent, name = (text if "." in text or not text else f"{addon}.{text}" for text in names)
            yield parent, int(menu.get("sequence", 10)), name


def test_no_two_menus_claim_one_place():
    places = defaultdict(list)
    for parent, sequence, name in menus():
        places[parent, sequence].append(name)
    assert sum(map(len, places.values())) > 40
    assert {place: names for place, names in places.items() if len(names) > 1} == {}
