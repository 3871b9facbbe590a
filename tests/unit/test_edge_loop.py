"""The loop of an edge: who posts is never missed, and nobody is held up by another's fault."""

import logging
import threading

import pytest

from campus_edge.loop import Loop
from support.edge_rig import PATIENCE_S, until

THREADS, POSTS = 8, 2_000


@pytest.fixture
def loop():
    running = Loop("test")
    yield running
    running.stop()


def test_what_many_threads_post_is_called_once_in_the_order_of_each_and_in_one_thread(loop):
    called, names = [], set()

    def call(thread, number):
        names.add(threading.current_thread().name)
        called.append((thread, number))

    def post(thread):
        for number in range(POSTS):
            loop.post(call, thread, number)

    threads = [threading.Thread(target=post, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert until(lambda: len(called) >= THREADS * POSTS)
    for thread in range(THREADS):
        assert [number for by, number in called if by == thread] == list(range(POSTS))
    assert names == {"test"}


def test_a_fault_is_logged_and_the_others_have_their_turn(loop, caplog):
    done = threading.Event()
    with caplog.at_level(logging.ERROR):
        loop.post(lambda: 1 / 0)
        loop.post(done.set)
        assert done.wait(PATIENCE_S)
    assert "ZeroDivisionError" in caplog.text


def test_a_turn_ends_before_the_next_begins(loop):
    order, done = [], threading.Event()

    def first():
        loop.soon(lambda: order.append("next turn"))
        loop.soon(done.set)

    def begin():
        loop.post(first)
        loop.post(order.append, "same turn")

    loop.post(begin)
    assert done.wait(PATIENCE_S)
    assert order == ["same turn", "next turn"]


def test_a_timer_comes_in_its_time_or_not_at_all(loop):
    order, done = [], threading.Event()

    def begin():
        loop.later(60, order.append, "late")
        loop.later(20, order.append, "early")
        loop.later(40, order.append, "never").cancel()
        loop.later(80, done.set)

    loop.post(begin)
    assert done.wait(PATIENCE_S)
    assert order == ["early", "late"]


def test_what_was_posted_before_the_end_is_done_and_after_it_nothing():
    loop, called = Loop("ending"), []
    for number in range(100):
        loop.post(called.append, number)
    loop.stop()
    assert called == list(range(100))
    loop.post(called.append, "late")
    loop.stop()
    assert called == list(range(100))
