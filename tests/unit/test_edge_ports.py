"""Ports on bad days: devices that are silent, deaf, flapping or make the decoder fail."""

import socket
import threading
import time

import pytest
from edge_support import Events

from campus_edge.ports.backoff import Backoff
from campus_edge.ports.base import QUEUE_FEEDBACK
from campus_edge.ports.serial_port import SerialPort
from campus_edge.protocols.base import GRANTED, LOST, READY, SICK, CardSeen, Feedback, ReaderState
from campus_edge.protocols.pn532 import Pn532
from campus_edge.protocols.rdm6300 import Rdm6300
from support.edge_rig import PATIENCE_S, until

STOP_MS = 20_000


class Peer:
    """A TCP port that takes connections and does with each what ``serve`` does."""

    def __init__(self, serve):
        self.connections, self._serve = [], serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for connection in self.connections:
            connection.close()

    def _run(self):
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            self.connections.append(connection)
            self._serve(connection)


class Spy(Rdm6300):
    """A decoder that remembers what it was to show, writes ``out`` at every turn, and may fail."""

    def __init__(self, out=b"", failures=0):
        super().__init__()
        self.out, self.failures, self.shown = out, failures, []

    def poll(self, now_ms):
        super().poll(now_ms)
        return self.out

    def feed(self, data):
        if data and self.failures:
            self.failures -= 1
            raise ZeroDivisionError("a fault of ours")
        return super().feed(data)

    def answer(self, feedback):
        self.shown.append(feedback.text)
        return b""


def running(url, decoder, **options):
    events = Events()
    port = SerialPort("T01", events.put, decoder, url, announces=True, **options)
    port.start()
    return port, events


def test_a_silent_device_is_sick_and_holds_nobody_up():
    with Peer(lambda connection: None) as peer:
        port, events = running(peer.url, Pn532())
        assert events.until(ReaderState, state=SICK).detail == "no answer"
        assert port.stop(STOP_MS)


def test_a_device_that_takes_no_bytes_is_lost_when_the_write_deadline_is_over():
    with Peer(lambda connection: None) as peer:
        started = time.monotonic()
        port, events = running(peer.url, Spy(out=bytes(1 << 22)), backoff=Backoff(60_000))
        assert "imeout" in events.until(ReaderState, state=LOST).detail
        assert time.monotonic() - started < 10
        assert port.stop(STOP_MS)


def test_a_link_that_breaks_at_once_is_tried_again_with_growing_pauses():
    with Peer(lambda connection: connection.close()) as peer:
        port, events = running(peer.url, Rdm6300(), backoff=Backoff(100, 10_000))
        started = time.monotonic()
        assert until(lambda: len(peer.connections) >= 5)
        # pauses of 100, 200, 400 and 800 ms, up to three tenths shorter; with equal ones it took 400 ms
        assert time.monotonic() - started > 0.9
        events.until(ReaderState, state=LOST)
        assert port.stop(STOP_MS)


def test_a_fault_of_the_decoder_is_told_and_the_reader_comes_back():
    frame = bytes.fromhex("02 36 32 45 33 30 38 36 43 45 44 30 38 03")

    may_send = threading.Semaphore(0)

    def serve(connection):
        may_send.acquire(timeout=PATIENCE_S)
        connection.sendall(frame)

    with Peer(serve) as peer:
        port, events = running(peer.url, Spy(failures=1), backoff=Backoff(50, 100))
        # what lies on the reader before it is ready is no tap
        events.until(ReaderState, state=READY)
        may_send.release()
        assert "ZeroDivisionError" in events.until(ReaderState, state=LOST).detail
        events.until(ReaderState, state=READY)
        may_send.release()
        events.until(CardSeen, credential="uid:E3086CED")
        assert port.stop(STOP_MS)


def test_feedback_never_blocks_and_only_the_latest_is_kept():
    with Peer(lambda connection: None) as peer:
        decoder = Spy()
        port, events = running(peer.url, decoder)
        events.until(ReaderState, state=READY)
        started = time.monotonic()
        for number in range(1000):
            port.show(Feedback(GRANTED, str(number)))
        assert time.monotonic() - started < 10
        assert until(lambda: "999" in decoder.shown)
        assert decoder.shown[-1] == "999"
        assert port.stop(STOP_MS)
        for number in range(1000):
            port.show(Feedback(GRANTED, str(number)))
        assert port._feedback.qsize() == QUEUE_FEEDBACK


@pytest.mark.parametrize(
    "url", ["socket://127.0.0.1", "socket://127.0.0.1:x", "nonsense://x", "/dev/null", ""]
)
def test_an_address_that_leads_nowhere_is_said_to(url):
    port, events = running(url, Rdm6300(), backoff=Backoff(60_000))
    assert events.until(ReaderState, state=LOST).detail
    assert port.stop(STOP_MS)
