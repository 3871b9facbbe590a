"""Many lines in one loop: each has its bytes in order, none waits for another."""

import contextlib
import os
import socket
import threading

import pytest
from edge_support import Events, cards

from campus_edge.loop import Loop
from campus_edge.ports.backoff import Backoff
from campus_edge.ports.open_line import OpenLine
from campus_edge.ports.serial_port import SerialPort
from campus_edge.protocols.base import LOST, READY, CardSeen, Feedback, Noise, ReaderState
from campus_edge.protocols.rdm6300 import Rdm6300, encode
from support.edge_rig import until

LINES = 40
STOP_MS = 5_000


@pytest.fixture
def loop():
    running = Loop("test")
    yield running
    running.stop()


@contextlib.contextmanager
def reader_socket():
    """``(listener, url)``: where a simulated reader waits for its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"socket://127.0.0.1:{listener.getsockname()[1]}"


class Parrot(Rdm6300):
    """Writes ``out`` once, then what it is to show."""

    def __init__(self, out=b""):
        super().__init__()
        self.polls, self._out = 0, out

    def poll(self, now_ms):
        self.polls += 1
        out, self._out = self._out, b""
        return super().poll(now_ms) + out

    def answer(self, feedback):
        return feedback.text.encode()


def test_taps_on_many_lines_are_all_seen_though_one_line_takes_no_bytes(loop):
    with contextlib.ExitStack() as stack:
        events, links = [Events() for _ in range(LINES)], []
        ports = []
        stack.callback(lambda: [port.stop() for port in ports])
        stack.callback(lambda: [port.end() for port in ports])
        for number in range(LINES):
            listener, url = stack.enter_context(reader_socket())
            # the first writes more than anybody takes
            decoder = Parrot(bytes(1 << 24) if number == 0 else b"")
            port = SerialPort("T", events[number].put, decoder, url, announces=True, loop=loop)
            port.start()
            ports.append(port)
            links.append(stack.enter_context(listener.accept()[0]))
        for number in range(1, LINES):
            events[number].until(ReaderState, state=READY)
            links[number].sendall(encode(0, 1000 + number))
        for number in range(1, LINES):
            assert events[number].until(CardSeen).credential == f"uid:{1000 + number:08X}"
        assert "timeout" in events[0].until(ReaderState, state=LOST).detail
        assert all(cards(each.past) == [] or len(cards(each.past)) == 1 for each in events)


def test_a_line_that_is_all_noise_holds_up_nobody(loop):
    def flood(link):
        with contextlib.suppress(OSError):
            while True:
                link.sendall(bytes(1 << 16))

    with reader_socket() as (noisy, noisy_url), reader_socket() as (quiet, quiet_url):
        events = Events(), Events()
        ports = [
            SerialPort("T", told.put, Rdm6300(), url, announces=True, loop=loop)
            for told, url in zip(events, (noisy_url, quiet_url), strict=True)
        ]
        for port in ports:
            port.start()
        flooded, link = noisy.accept()[0], quiet.accept()[0]
        with flooded, link:
            threading.Thread(target=flood, args=(flooded,), daemon=True).start()
            events[0].until(Noise)
            events[1].until(ReaderState, state=READY)
            for number in range(1, 6):
                link.sendall(encode(0, number))
                events[1].until(CardSeen, credential=f"uid:{number:08X}")
            for port in ports:
                assert port.stop(STOP_MS)
        # told once a second and summed up, not once for each read
        assert sum(isinstance(event, Noise) for event in events[0].drain()) < 60


def test_what_a_slow_device_takes_in_pieces_arrives_whole_and_in_order(loop):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        out = os.urandom(1 << 20)
        line = OpenLine(loop, ours.fileno(), Parrot(out), lambda *events: None, lambda: None)
        serving = threading.Thread(target=line.serve)
        serving.start()
        got = b""
        while len(got) < len(out) and (part := theirs.recv(50_000)):
            got += part
        line.end()
        serving.join()
    assert got == out


def test_feedback_wakes_an_idle_line_and_an_idle_line_sleeps(loop):
    with reader_socket() as (listener, url):
        events, decoder = Events(), Parrot()
        port = SerialPort("T01", events.put, decoder, url, announces=True, loop=loop)
        port.start()
        link = listener.accept()[0]
        with link:
            events.until(ReaderState, state=READY)
            before = decoder.polls
            for number in range(5):
                port.show(Feedback("granted", f"<{number}>"))
                assert link.recv(100) == f"<{number}>".encode()
            # a turn for each, and few more for time that went by: a thread of its own had one each 50 ms
            assert decoder.polls - before <= 5 + 3
            assert port.stop(STOP_MS)


def test_an_end_before_the_beginning_and_a_second_end_do_no_harm(loop):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = OpenLine(loop, ours.fileno(), Parrot(), lambda *events: None, lambda: None)
        line.end()
        line.end()
        line.serve()


def test_a_file_that_cannot_be_waited_for_is_said_to(loop, tmp_path):
    with (tmp_path / "plain").open("w+b") as plain:
        line = OpenLine(loop, plain.fileno(), Parrot(), lambda *events: None, lambda: None)
        with pytest.raises(OSError, match="not permitted"):
            line.serve()


def test_a_line_that_is_closed_at_its_other_end_is_lost_and_opened_again(loop):
    with reader_socket() as (listener, url):
        events = Events()
        port = SerialPort("T01", events.put, Rdm6300(), url, backoff=Backoff(10, 20), loop=loop)
        port.start()
        for _ in range(3):
            listener.accept()[0].close()
            events.until(ReaderState, state=LOST)
        link = listener.accept()[0]
        with link:
            events.until(ReaderState, state=READY)
            assert port.stop(STOP_MS)
            assert link.recv(1) == b""


def test_a_line_without_a_file_descriptor_is_read_by_its_own_thread():
    events = Events()
    # what is written to this line of pyserial comes back on it
    port = SerialPort("T01", events.put, Parrot(encode(0, 77)), "loop://", announces=True)
    port.start()
    events.until(ReaderState, state=READY)
    port.show(Feedback("granted", encode(0, 78).decode()))
    events.until(CardSeen, credential="uid:0000004E")
    assert port.stop(STOP_MS)
    assert until(lambda: not port._thread.is_alive())
