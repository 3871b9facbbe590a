"""What the demo university eats, how it pays, and how it is drawn."""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "addons" / "campus_demo"))

from generator import campus, habits, menu, names, pictures, portraits  # noqa: E402
from generator.purse import Purse  # noqa: E402


def test_given_names_of_a_generation_are_not_repeated():
    for given in (names.YOUNG_MALE, names.YOUNG_FEMALE, names.OLD_MALE, names.OLD_FEMALE):
        assert len(set(given)) == len(given)


def test_the_shop_takes_no_meal_money():
    purse = Purse({"subsidy": 500, "cash": 300})
    assert purse.usable_minor(campus.SHOP.code) == 300
    assert purse.usable_minor("canteen_rice") == 800
    assert purse.spend("canteen_rice", 600) is None
    assert purse.pockets == {"subsidy": 0, "cash": 200}
    with pytest.raises(ValueError):
        purse.spend(campus.SHOP.code, 201)


def test_refunded_money_is_there_on_the_next_day():
    purse = Purse({"cash": 100})
    purse.add_tomorrow("cash", 50)
    assert purse.usable_minor("shop") == 100
    purse.next_day()
    assert purse.usable_minor("shop") == 150


def test_every_counter_sells_something_of_known_categories():
    known = {category.code for category in menu.CATEGORIES}
    assert set(menu.MENU) == {place.code for place in campus.MERCHANTS}
    for dishes in menu.MENU.values():
        assert len({dish.name for dish in dishes}) == len(dishes)
        assert {dish.category for dish in dishes} <= known
        assert all(0 < dish.price_minor < 5000 for dish in dishes)


def test_a_tray_holds_what_the_counter_sells():
    rng = Random(5)
    assert len(menu.MEALS) > 1
    for place, dishes in menu.MENU.items():
        for meal in menu.MEALS[1:]:
            for _guest in range(30):
                taken = menu.tray(rng, place, meal)
                assert taken and set(taken) <= set(dishes)


def test_a_topup_covers_what_is_needed():
    rng = Random(7)
    assert all(habits.topup_minor(rng, needed) >= needed for needed in (1, 4999, 5001, 50001, 123456))


def test_pictures_are_small_and_well_formed():
    drawn = [pictures.picture(dish.category, dish.name) for dishes in menu.MENU.values() for dish in dishes]
    drawn += [portraits.portrait(Random(seed), seed % 2 == 0, seed % 3 == 0) for seed in range(60)]
    for drawing in drawn:
        assert ET.fromstring(drawing).tag.endswith("svg")
        assert "{" not in drawing
        assert len(drawing) < 6000
