"""Ports are taken, not probed, and health asks whose server answers."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from campus_cli import odoo_process, paths, ports
from campus_cli.console import CampusError

HELD = """
import sys
from campus_cli import ports
sys.stdin.readline()
%s
print(*found, flush=True)
sys.stdin.readline()
"""
HOLD = HELD % "found = ports.hold(3)"
TAKE = HELD % "listener = ports.take(); found = [listener.getsockname()[1]]"


def free_port():
    """Far from where other tests of this machine look."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture(autouse=True)
def start(monkeypatch):
    monkeypatch.setattr(ports, "_held", {})
    monkeypatch.setenv("CAMPUS_PORT", str(min(free_port(), 60000)))
    yield
    for mark in ports._held.values():
        mark.close()


def test_a_port_in_use_is_not_offered(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("CAMPUS_PORT", str(port))
        found = ports.hold(2)
    assert len(set(found)) == 2
    assert port not in found


def test_a_port_that_is_bound_but_not_listened_on_is_offered_to_one_only():
    first, second = ports.take(), ports.take()
    with first, second:
        assert first.getsockname()[1] != second.getsockname()[1]


@pytest.mark.parametrize("program", [HOLD, TAKE], ids=["held", "taken"])
def test_checkouts_that_start_at_the_same_moment_get_ports_of_their_own(program):
    env = {**os.environ, "PYTHONPATH": str(paths.TOOLS)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", program]
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(subprocess.Popen(command, env=env, **pipes)) for _ in range(4)]
        for each in running:
            each.stdin.write("go\n")
            each.stdin.flush()
        found = [port for each in running for port in each.stdout.readline().split()]
        for each in running:
            each.stdin.close()
    assert len(found) == len(set(found)) == (12 if program is HOLD else 4)


def test_a_held_port_is_not_taken_by_another_but_by_its_holder():
    [port] = ports.hold(1)
    code = f"from campus_cli import ports; print(ports.take({port}).getsockname()[1])"
    env = {**os.environ, "PYTHONPATH": str(paths.TOOLS)}
    other = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert int(other.stdout) != port
    with ports.listen(port) as listener:
        assert listener.getsockname()[1] == port


def test_a_port_that_another_program_has_taken_is_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CampusError, match=f"another program has taken port {port}") as error:
            ports.listen(port)
    assert "CAMPUS_PORT" in error.value.hint


@pytest.mark.parametrize("text", ["70000", "80", "-1", "abc", "８０６９", "8069.0"])
def test_a_port_that_is_none_is_a_sentence(text, monkeypatch):
    monkeypatch.setenv("CAMPUS_PORT", text)
    for look in (ports.first, ports.take, lambda: ports.hold(1), lambda: ports.further(500)):
        with pytest.raises(CampusError, match=f"CAMPUS_PORT={text} is no port") as error:
            look()
        assert "1024 to 65535" in error.value.hint


def test_two_searches_stay_apart_at_the_end_of_the_range_too(monkeypatch):
    for begin in (8069, 65000, 65535):
        monkeypatch.setenv("CAMPUS_PORT", str(begin))
        assert abs(ports.further(500) - begin) >= 500
        assert ports.PORT_MIN <= ports.further(500) <= ports.PORT_MAX


def test_where_nothing_is_free_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr(ports, "_listen", lambda port: None)
    for look in (ports.take, lambda: ports.hold(1)):
        with pytest.raises(CampusError, match="no port is free from"):
            look()


class Page(BaseHTTPRequestHandler):
    """The login page of somebody's server."""

    mark = None

    def do_GET(self):
        self.send_response(200)
        if self.mark:
            self.send_header(odoo_process.MARK, self.mark)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments):
        """Nobody reads it."""


@pytest.mark.parametrize(
    ("mark", "ours"),
    [(None, False), ("0f0f0f0f-77", False), (f"{paths.CHECKOUT}-78", False), (f"{paths.CHECKOUT}-77", True)],
)
def test_another_checkouts_server_is_not_taken_for_ones_own(mark, ours):
    server = HTTPServer(("127.0.0.1", 0), type("Marked", (Page,), {"mark": mark}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        assert odoo_process.answers(f"http://127.0.0.1:{server.server_port}/web/login", 77) is ours
    finally:
        server.shutdown()
        server.server_close()


TREE = {
    "odoo/__init__.py": "",
    "odoo/http.py": """
class Application:
    def __call__(self, environ, start_response):
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
""",
    "odoo/cli.py": """
import os, socket
from wsgiref.simple_server import WSGIServer, make_server
from odoo.http import Application

class Inherited(WSGIServer):
    def server_bind(self):
        assert (os.environ["LISTEN_FDS"], os.environ["LISTEN_PID"]) == ("1", str(os.getpid()))
        self.socket = socket.fromfd(3, socket.AF_INET, socket.SOCK_STREAM)
        self.server_name, self.server_port = self.socket.getsockname()
        self.setup_environ()
    def server_activate(self):
        pass

def main():
    make_server("127.0.0.1", 0, Application(), Inherited).serve_forever()
""",
}


def test_the_server_inherits_its_socket_and_answers_with_its_mark(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOGS", tmp_path / "log")
    for name, text in TREE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    listener = ports.take()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    command = [sys.executable, str(odoo_process.LAUNCHER)]
    with listener:
        server = odoo_process.launch(command, {"PYTHONPATH": str(tmp_path)}, "server", listener)
    try:
        odoo_process.wait_until_healthy(url, server, "server")
        assert not odoo_process.answers(url, server.pid + 1)
    finally:
        server.kill()
        server.wait()
