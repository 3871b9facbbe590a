"""`config/nginx.conf`, run by nginx itself: who may ask how often."""

import http.client
import re
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from campus_cli import system

ROOT = Path(__file__).resolve().parents[2]
# Every address at which a password or a key is tried.
LOGINS = (
    "/web/login",
    "/web/login/",
    "/zh_CN/web/login",
    "/en/web/login",
    "//web//login",
    "/web/%6Cogin",
    "/web/login/totp",
    "/web/reset_password",
    "/web/signup",
    "/web/session/authenticate",
    "/xmlrpc/2/common",
    "/xmlrpc/common",
)
PROGRAMS = ("/jsonrpc", "/xmlrpc/2/object", "/json/2/res.partner/search", "/json/2")
# The burst, what flows back while we ask, and some room for a slow machine.
MANY = 400


class Odoo(BaseHTTPRequestHandler):
    """Says yes to everything."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *args):
        """Silence."""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def make_certificate(tmp_path):
    key, certificate = tmp_path / "campus.key", tmp_path / "campus.crt"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-days",
        "2",
    ]
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)


@pytest.fixture
def nginx(tmp_path):
    """The port of an nginx with our configuration before an Odoo that says yes."""
    odoo = ThreadingHTTPServer(("127.0.0.1", 0), Odoo)
    threading.Thread(target=odoo.serve_forever, daemon=True).start()
    port = free_port()
    conf = (ROOT / "config" / "nginx.conf").read_text(encoding="utf-8")
    conf = re.sub(r"server 127\.0\.0\.1:\d+;", f"server 127.0.0.1:{odoo.server_port};", conf)
    conf = re.sub(r"\n    listen [^;]*80;", "", conf).replace(
        "listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"
    )
    conf = conf.replace("listen [::]:443 ssl;", "").replace(
        "return 301", "listen unix:web.socket; return 301"
    )
    conf = conf.replace("unix:web.socket", f"unix:{tmp_path}/web.socket")
    conf = conf.replace("/etc/nginx/tls", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    make_certificate(tmp_path)
    paths = [
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    ]
    whole = f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\nhttp {{ access_log off; "
    (tmp_path / "nginx.conf").write_text(f"{whole}{' '.join(paths)}\n{conf}\n}}", encoding="utf-8")
    command = [
        system.nginx(),
        "-p",
        str(tmp_path),
        "-e",
        f"{tmp_path}/error.log",
        "-c",
        f"{tmp_path}/nginx.conf",
    ]
    process = subprocess.Popen(command)
    wait_for(port, process)
    yield port
    process.terminate()
    process.wait(20)
    odoo.shutdown()


def wait_for(port, process):
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not start")


@pytest.fixture
def line(nginx):
    """One connection, kept: only requests are counted."""
    kept = http.client.HTTPSConnection(
        "127.0.0.1", nginx, timeout=20, context=ssl._create_unverified_context()
    )
    yield kept
    kept.close()


def ask(line, path, method="POST"):
    """The status of one answer."""
    line.request(method, path, b"{}" if method == "POST" else None, {"Content-Type": "application/json"})
    answer = line.getresponse()
    answer.read()
    return answer.status


def refused_within(line, path, tries, method="POST"):
    return any(ask(line, path, method) == 429 for _ in range(tries))


@pytest.mark.parametrize("path", LOGINS)
def test_every_address_of_a_login_is_limited(line, path):
    assert refused_within(line, path, MANY)


@pytest.mark.parametrize("path", PROGRAMS)
def test_addresses_of_programs_are_limited_and_wider(line, path):
    assert not refused_within(line, path, 100)
    assert refused_within(line, path, 3 * MANY)


def test_one_door_that_is_shut_shuts_all_doors_of_logins_and_nothing_else(line):
    assert refused_within(line, "/web/login", MANY)
    # a door of its own would let 60 in at once; here one more may come in with each half second
    assert refused_within(line, "/zh_CN/web/login", 40)
    assert ask(line, "/web/login", "GET") == 200
    assert ask(line, "/web/dataset/call_kw") == 200
    assert ask(line, "/campus/v1/taps") == 200


def test_looking_at_pages_is_free_and_a_class_may_log_in_at_once(line):
    assert not refused_within(line, "/web/login", MANY, "GET")
    assert not refused_within(line, "/web/login", 50)
