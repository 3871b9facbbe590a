"""A school's first day with the card: from the old card file to the general ledger.

Driven in a real browser by the people whose work it is, in both languages.
"""

from collections import Counter

import pytest
from story import books, cards
from story.finance import DAYS_PAGE, Finance
from story.log import Log
from story.office import HOLDERS_PAGE, IMPORT_PAGE, Office
from story.school import make_schools
from story.till import TILLS_PAGE, Cashier
from story.words import Words

LANGUAGES = ["zh_CN", "en_US"]
NOTE_YUAN = 50


@pytest.fixture(scope="module")
def schools(server):
    """A school for each language."""
    return make_schools(server, LANGUAGES)


@pytest.fixture
def people(visit, schools, language):
    """``people(duty, class, page)``: somebody of the school, logged in at a page."""
    school, words = schools[language], Words(language)
    visitors = []

    def come(duty, kind, page, *arguments):
        visitor = visit(language, school["time_zone"])
        visitors.append(visitor)
        person = kind(visitor, words, *arguments)
        visitor.login_by_page(school["users"][duty], page=page)
        return person

    yield come
    assert [error for visitor in visitors for error in visitor.errors] == []


@pytest.fixture
def log(server, schools):
    """The server's log from here on."""
    return Log(server.log)


def test_a_canteen_day_from_the_old_card_file_to_the_general_ledger(
    people, schools, language, data_folder, log
):
    school = schools[language]
    pork, rice, soy_milk = school["products"]
    lunch = sum(product["price_minor"] for product in school["products"])
    eater = cards.two_pockets(data_folder, lunch)
    poor = cards.nearly_empty(data_folder, pork["price_minor"])
    openings = {"Cash": cards.CASH_MINOR, "Subsidy": cards.SUBSIDY_MINOR}
    topup = NOTE_YUAN * 100
    # The subsidy is spent first; what was spent last comes back first.
    spent = {"Subsidy": eater.subsidy_minor, "Cash": lunch - eater.subsidy_minor}
    returned = {"Cash": spent["Cash"], "Subsidy": soy_milk["price_minor"] - spent["Cash"]}
    balance = eater.balance_minor + topup

    office = people("office", Office, IMPORT_PAGE)
    office.import_cards(data_folder / cards.FILE)

    clerk = people("clerk", Office, HOLDERS_PAGE)
    clerk.add_photo(eater)
    clerk.top_up(eater, NOTE_YUAN)

    cashier = people("cashier", Cashier, TILLS_PAGE, school)
    cashier.open()
    cashier.order(pork, rice, soy_milk)
    cashier.sell_by_scan(eater, spent, balance)
    cashier.order(pork)
    cashier.refused_for_money(poor, pork["price_minor"])
    cashier.pay_cash_instead()
    cashier.refund(eater, lunch, soy_milk, returned, balance - lunch)

    clerk.freeze(eater)
    cashier.order(soy_milk)
    cashier.refused_as_frozen(eater)
    cashier.pay_cash_instead()
    cash = pork["price_minor"] + soy_milk["price_minor"]
    cashier.close(lunch - soy_milk["price_minor"], cash)

    finance = people("finance", Finance, DAYS_PAGE)
    close = books.close_items(openings, topup, spent, returned)
    finance.close_day([(item.account, item.debit_minor, item.credit_minor) for item in close])
    finance.check_bridge(sum(openings.values()) + topup - lunch + soy_milk["price_minor"])

    posted = books.posted_items(finance.visitor, school["company"])
    session = books.session_items(lunch, soy_milk["price_minor"], cash)
    assert posted == Counter(close + session)
    assert books.balance_minor(posted, books.CLEARING) == 0
    assert log.complaints() == []
