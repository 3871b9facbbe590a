"""Limits and deadlines: nobody on the LAN can make the service hang, grow or lie."""

import contextlib
import datetime as dt
import socket
import ssl
import time
import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from lan_world import Edge, Till, lan, trusting

from campus_edge.lan import server as lan_server
from campus_edge.lan.http import BODY_MAX_BYTES, HEAD_MAX_BYTES, HttpError, parse_head


@pytest.fixture(scope="module")
def service():
    with lan(Edge(), poll_ms=100) as server:
        yield server


HEAD = b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET  /status HTTP/1.1\r\n\r\n", 400),
        (b"GET status HTTP/1.1\r\n\r\n", 400),
        (b"GET http://x/ HTTP/1.1\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET /status HTTP/1.1\r\n\r\n", 400),
        (HEAD + b"A: b\n\nGET /status HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"DELETE / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET /" + b"a" * 1_100 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (HEAD + b"no colon\r\n\r\n", 400),
        (HEAD + b"Sp ace: x\r\n\r\n", 400),
        (HEAD + b" folded: x\r\n\r\n", 400),
        (HEAD + b"Host: evil.example\r\n\r\n", 400),
        (HEAD + b"X: a\x01b\r\n\r\n", 400),
        (HEAD + b"A: b\r\n" * 80 + b"\r\n", 431),
        (HEAD + b"A: " + b"b" * HEAD_MAX_BYTES + b"\r\n\r\n", 431),
        (b"POST /hw_proxy/scanner HTTP/1.1\r\nHost: x\r\n\r\n", 411),
        (b"POST /hw_proxy/scanner HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (BODY_MAX_BYTES + 1), 413),
    ],
)
def test_a_request_that_is_not_as_it_should_be_is_refused_and_the_connection_ends(
    service, request_bytes, status
):
    till = Till(service.port)
    answer = till.raw(request_bytes)
    assert answer.status == status
    assert answer.headers["connection"] == "close"
    assert till.read() is None


@given(st.binary(max_size=300))
def test_no_head_makes_the_parser_fail(data):
    try:
        request = parse_head(data + b"\r\n\r\n")
    except HttpError as error:
        assert 400 <= error.status <= 505
    else:
        assert request.path.startswith("/")


@pytest.mark.parametrize("path", ["/x", "/hw_proxy/print", "/hw_proxy/", "/a/b/hw_proxy/hello", "/status/x"])
def test_other_pages_are_not_there(service, path):
    assert Till(service.port).ask("GET", path).status == 404


def test_a_wrong_method_is_refused(service):
    till = Till(service.port)
    assert till.ask("GET", "/hw_proxy/scanner").status == 405
    assert till.ask("POST", "/status", b"{}").status == 405


def test_the_answer_to_head_has_no_body(service):
    till = Till(service.port)
    till.send("HEAD", "/status")
    assert till.file.readline().startswith(b"HTTP/1.1 200")
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += till.file.readline()
    assert till.ask("GET", "/status").status == 200


def test_an_old_client_gets_its_answer_and_the_end_of_the_connection(service):
    till = Till(service.port)
    answer = till.raw(b"GET /status HTTP/1.0\r\nHost: localhost\r\n\r\n")
    assert answer.status == 200 and till.read() is None


def test_who_sends_a_request_too_slowly_is_cut_off(service, monkeypatch):
    monkeypatch.setattr(lan_server, "READ_S", 0.2)
    for start in (b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"):
        till, started = Till(service.port), time.monotonic()
        assert till.raw(start) is None
        assert time.monotonic() - started < 5


def test_who_says_nothing_is_cut_off(service, monkeypatch):
    monkeypatch.setattr(lan_server, "IDLE_S", 0.2)
    assert Till(service.port).read() is None


def test_who_sends_without_end_is_cut_off(service):
    till = Till(service.port)
    with pytest.raises(OSError):
        for _ in range(1_000):
            till.socket.sendall(b"x" * 65_536)


def test_one_client_cannot_take_all_connections():
    with lan(Edge(), per_client_max=4, poll_ms=20_000) as service:
        tills = [Till(service.port) for _ in range(4)]
        assert all(till.call("handshake").result for till in tills)
        assert refused(service.port)
        tills[0].close()
        deadline = time.monotonic() + 5
        while refused(service.port):
            assert time.monotonic() < deadline


def refused(port):
    try:
        return Till(port).call("handshake") is None
    except OSError:
        return True


# -- TLS -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """``(certificate, key)`` files for localhost."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return tuple(map(str, files))


def test_with_a_certificate_the_till_is_served_over_tls(certificate):
    edge = Edge()
    with lan(edge, cert_file=certificate[0], key_file=certificate[1]) as service:
        till = Till(service.port, tls=trusting(certificate[0]))
        edge.tap("uid:04A1B2C3")
        assert till.call("scanner").result == "04A1B2C3"
        with socket.create_connection(("127.0.0.1", service.port), 5) as plain:
            plain.sendall(b"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n")
            with contextlib.suppress(ConnectionResetError):
                assert not plain.recv(16).startswith(b"HTTP")


def test_old_tls_is_refused(certificate):
    with lan(Edge(), cert_file=certificate[0], key_file=certificate[1]) as service:
        context = trusting(certificate[0])
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        # said by the server: the client itself would go on
        with pytest.raises(ssl.SSLError, match=r"EOF|PROTOCOL_VERSION"):
            Till(service.port, tls=context)


def test_a_certificate_that_is_not_there_stops_the_start(tmp_path):
    missing = str(tmp_path / "none.pem")
    with pytest.raises(FileNotFoundError), lan(Edge(), cert_file=missing, key_file=missing):
        pass
