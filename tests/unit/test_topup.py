"""Top-ups: what may come in, and when a card fills itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.ledger import auto_topup, topup
from campus_core.ledger.auto_topup import Mandate, Now
from campus_core.ledger.topup import TopupRules
from campus_core.money import MAX_MINOR

SUMS = st.integers(0, 1000)
RULES = st.builds(TopupRules, SUMS, SUMS, SUMS)
MANDATES = st.builds(Mandate, SUMS, st.integers(1, 1000), st.integers(1, 5), st.booleans(), st.booleans())
MOMENTS = st.builds(Now, SUMS, st.integers(0, 6), st.booleans(), SUMS, st.booleans())
STATES = st.sampled_from(("draft", "pending", "authorized", "done", "cancel", "error"))
PAYMENTS = st.builds(topup.Payment, SUMS, STATES, st.floats(0, 3 * topup.BEGUN_COUNTS_S), SUMS)


@pytest.mark.parametrize(
    ("rules", "asked", "month", "code"),
    [
        (TopupRules(), 1, 0, None),
        (TopupRules(), 0, 0, errors.TOPUP_MINIMUM),
        (TopupRules(), -5, 0, errors.TOPUP_MINIMUM),
        (TopupRules(minimum_minor=100), 99, 0, errors.TOPUP_MINIMUM),
        (TopupRules(minimum_minor=100), 100, 0, None),
        (TopupRules(maximum_minor=100), 100, 0, None),
        (TopupRules(maximum_minor=100), 101, 0, errors.TOPUP_MAXIMUM),
        (TopupRules(), MAX_MINOR + 1, 0, errors.TOPUP_MAXIMUM),
        (TopupRules(month_cap_minor=100), 40, 60, None),
        (TopupRules(month_cap_minor=100), 41, 60, errors.TOPUP_MONTH_CAP),
    ],
)
def test_a_top_up_is_refused_exactly_beyond_the_rule(rules, asked, month, code):
    answer = topup.refusal(rules, asked, month)
    assert (answer and answer.code) == code


@given(RULES, st.integers(1, 1000), SUMS)
def test_what_is_accepted_never_breaks_a_rule(rules, asked, month):
    if topup.refusal(rules, asked, month) is None:
        assert rules.minimum_minor <= asked <= rules.most_minor
        assert not rules.month_cap_minor or month + asked <= rules.month_cap_minor


@given(RULES, SUMS)
def test_the_rest_of_the_month_is_what_the_cap_leaves(rules, month):
    left = topup.month_left_minor(rules, month)
    assert (left is None) == (rules.month_cap_minor == 0)
    assert left is None or 0 <= left <= rules.month_cap_minor


def test_presets_are_read_ascending_and_once():
    assert topup.parse_presets("100, 50,100 ，200") == (5000, 10000, 20000)
    assert topup.parse_presets(" ") == ()
    for bad in ("0, 50", "1,2,3,4,5,6,7"):
        with pytest.raises(ValueError, match="amount"):
            topup.parse_presets(bad)
    with pytest.raises(errors.MoneyError):
        topup.parse_presets("fifty")


def test_a_preset_that_would_be_refused_is_not_offered():
    rules = TopupRules(minimum_minor=6000, month_cap_minor=15000)
    assert topup.usable_presets("50, 100, 200", rules, 0) == (10000,)
    assert topup.usable_presets("nonsense", rules, 0) == ()


@given(MANDATES, MOMENTS, RULES)
def test_no_card_is_charged_against_the_holders_will_or_a_rule(mandate, now, rules):
    if auto_topup.decide(mandate, now, rules) != "charge":
        return
    assert mandate.consented and not mandate.paused and not now.waiting
    assert now.available_minor < mandate.threshold_minor
    assert now.started_today < mandate.per_day and not now.failed_today
    assert topup.refusal(rules, mandate.amount_minor, now.month_minor) is None


@given(MANDATES, MOMENTS, RULES)
def test_only_a_low_card_with_room_is_charged_and_then_always(mandate, now, rules):
    fits = topup.refusal(rules, mandate.amount_minor, now.month_minor) is None
    low = now.available_minor < mandate.threshold_minor
    free = not now.waiting and not now.failed_today and now.started_today < mandate.per_day
    wanted = mandate.consented and not mandate.paused and low and free and fits
    assert (auto_topup.decide(mandate, now, rules) == "charge") == wanted


def test_the_day_ends_after_so_many_tries_whatever_became_of_them():
    mandate = Mandate(1000, 5000, 2, consented=True)
    started = 0
    while auto_topup.decide(mandate, Now(0, started), TopupRules()) == "charge":
        started += 1
    assert started == 2


def test_a_mandate_without_sense_is_a_callers_mistake():
    for values in ((-1, 100, 1), (100, 0, 1), (100, 100, 0)):
        with pytest.raises(ValueError, match="mandate"):
            Mandate(*values)


@given(st.lists(PAYMENTS))
def test_all_that_may_still_be_paid_counts_in_the_month(payments):
    month = topup.month_minor(payments)
    worst = sum(
        max(one.amount_minor - one.voided_minor, 0)
        for one in payments
        if one.state not in ("cancel", "error")
        and not (one.state == "draft" and one.age_s >= topup.BEGUN_COUNTS_S)
    )
    assert month == worst
    # whoever begins what the month leaves, again and again, never gets beyond the cap
    rules, begun = TopupRules(month_cap_minor=500), []
    for _try in range(5):
        if topup.refusal(rules, 150, topup.month_minor(begun)) is None:
            begun.append(topup.Payment(150, "draft", 0))
    assert sum(one.amount_minor for one in begun) <= rules.month_cap_minor
