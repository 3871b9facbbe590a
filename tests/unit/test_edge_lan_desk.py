"""A scan goes to exactly one till, soon or never."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from campus_edge.lan.desk import ATTENDED_MS, KEEP_MS, KEPT_MAX, Desk


def test_a_waiting_till_gets_the_scan_at_once():
    desk, got = Desk(), []
    desk.wait(got.append, 0)
    assert desk.put("04A1B2C3", 10) is True
    assert got == ["04A1B2C3"] and desk.delivered == 1


def test_of_two_tills_the_one_that_asked_last_gets_it_and_only_that():
    desk, first, second = Desk(), [], []
    desk.wait(first.append, 0)
    desk.wait(second.append, 1)
    desk.put("04A1B2C3", 2)
    assert (first, second) == ([], ["04A1B2C3"])
    desk.put("04A1B2C4", 3)
    assert (first, second) == (["04A1B2C4"], ["04A1B2C3"])


def test_a_scan_between_two_questions_of_a_till_is_kept_for_the_next():
    desk, got = Desk(), []
    ticket = desk.wait(got.append, 0)
    assert desk.leave(ticket, 100)
    assert desk.put("04A1B2C3", 100 + ATTENDED_MS) is True
    desk.wait(got.append, 200 + ATTENDED_MS)
    assert got == ["04A1B2C3"]


def test_a_card_tapped_before_does_not_pay_for_the_next_customer():
    desk, got = Desk(), []
    assert desk.put("04A1B2C3", 0) is False
    desk.wait(got.append, KEEP_MS + 1)
    assert got == [] and desk.dropped == 1


def test_a_till_that_left_gets_nothing():
    desk, got = Desk(), []
    assert desk.leave(desk.wait(got.append, 0), 1)
    desk.put("04A1B2C3", 2)
    assert got == []


def test_a_till_that_leaves_too_late_is_told_so():
    desk, got = Desk(), []
    ticket = desk.wait(got.append, 0)
    desk.put("04A1B2C3", 1)
    assert not desk.leave(ticket, 2)
    assert got == ["04A1B2C3"]


def test_what_a_vanished_till_did_not_read_goes_to_the_next():
    desk, got = Desk(), []
    desk.wait(lambda text: None, 0)
    desk.put("04A1B2C3", 1)
    desk.give_back("04A1B2C3", 2)
    desk.wait(got.append, 3)
    assert got == ["04A1B2C3"] and desk.delivered == 1


def test_nobody_at_the_till_is_known():
    desk = Desk()
    assert not desk.is_attended(0)
    ticket = desk.wait(lambda text: None, 0)
    assert desk.is_attended(60_000)
    desk.leave(ticket, 60_000)
    assert desk.is_attended(60_000 + ATTENDED_MS)
    assert not desk.is_attended(60_001 + ATTENDED_MS)


def test_a_reader_gone_wild_fills_no_memory():
    desk, got = Desk(), []
    for number in range(100):
        desk.put(f"{number:08X}", 0)
    for _ in range(100):
        desk.wait(got.append, 1)
    assert got == [f"{number:08X}" for number in range(100 - KEPT_MAX, 100)]
    assert desk.dropped == 100 - KEPT_MAX


@given(st.lists(st.sampled_from(["put", "wait", "leave", "later"]), max_size=60))
def test_whatever_happens_no_scan_is_given_twice_or_comes_late(steps):
    desk, now_ms, shown, got, tickets = Desk(), 0, {}, [], []
    for step in steps:
        now_ms += 1
        if step == "put":
            shown[str(len(shown))] = now_ms
            desk.put(str(len(shown) - 1), now_ms)
        elif step == "wait":
            tickets.append(desk.wait(lambda text, at=now_ms: got.append((text, at)), now_ms))
        elif step == "leave" and tickets:
            desk.leave(tickets.pop(), now_ms)
        elif step == "later":
            now_ms += KEEP_MS // 2
    texts = [text for text, _at in got]
    assert len(texts) == len(set(texts)) == desk.delivered
    assert all(at - shown[text] <= KEEP_MS for text, at in got)


def test_many_threads_give_each_scan_away_once():
    desk, got = Desk(keep_ms=10_000), []

    def cashier():
        for _ in range(200):
            desk.wait(got.append, 0)

    def reader(name):
        for number in range(100):
            desk.put(f"{name}{number}", 0)

    threads = [threading.Thread(target=cashier), *(threading.Thread(target=reader, args=(n,)) for n in "ab")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(set(got))
    assert len(got) + desk.dropped == 200
