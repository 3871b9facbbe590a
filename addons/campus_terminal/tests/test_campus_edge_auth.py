import secrets
from unittest.mock import patch

from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.campus_core.taps import wire
from odoo.tests import tagged

from .. import edge_auth
from ..edge_http import server_time_ms
from .edge_common import EdgeHttpCase, SignedClient

PATH = "/campus/v1/heartbeat"
BEAT = {"version": "1.0"}


@tagged("post_install", "-at_install")
class TestCampusEdgeAuth(EdgeHttpCase):
    def test_a_signed_request_is_answered(self):
        answer = self.client.post(PATH, BEAT)
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertTrue(answer.json()["enabled"])
        self.assertLess(abs(answer.json()["server_time_ms"] - server_time_ms()), 60_000)
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_a_query_is_part_of_what_is_signed(self):
        path = f"{PATH}?since=0&name=%E6%9D%8E+a"
        self.assertEqual(self.client.post(path, BEAT).status_code, 200)
        headers = self.client.headers("POST", PATH, b"{}")
        self.assert_refused(
            self.url_open(path, data=b"{}", headers=headers, method="POST"), 401, "signature_invalid"
        )

    def test_missing_headers_are_refused(self):
        for name in ("Campus-Edge", "Campus-Time", "Campus-Nonce", "Campus-Signature"):
            headers = self.client.headers("POST", PATH, b"{}")
            del headers[name]
            answer = self.url_open(PATH, data=b"{}", headers=headers, method="POST")
            with self.subTest(name=name):
                self.assert_refused(answer, 401, "signature_invalid")

    def test_headers_of_the_wrong_form_name_themselves(self):
        for name, value in (
            ("Campus-Edge", "edge 7"),
            ("Campus-Time", "-1"),
            ("Campus-Time", "1e9"),
            ("Campus-Nonce", "0" * 31),
        ):
            headers = self.client.headers("POST", PATH, b"{}") | {name: value}
            answer = self.url_open(PATH, data=b"{}", headers=headers, method="POST")
            with self.subTest(name=name, value=value):
                self.assert_refused(answer, 400, "malformed")
                self.assertEqual(answer.json()["field"], name)

    def test_another_body_or_key_or_noise_is_no_signature(self):
        stranger = signing.generate(secrets.token_bytes)
        self.assert_refused(self.client.post(PATH, BEAT, signed=b"{}"), 401, "signature_invalid")
        self.assert_refused(self.client.post(PATH, BEAT, signature="noise"), 401, "signature_invalid")
        forged = SignedClient(self, self.edge.uuid, stranger).post(PATH, BEAT)
        self.assert_refused(forged, 401, "signature_invalid")

    def test_an_unknown_edge_is_refused(self):
        answer = self.client.post(PATH, BEAT, edge_uuid="00000000-0000-4000-8000-000000000000")
        self.assert_refused(answer, 401, "edge_unknown")

    def test_the_clock_may_differ_by_two_minutes(self):
        for seconds, status in ((-110, 200), (110, 200), (-130, 401), (130, 401)):
            answer = self.client.post(PATH, BEAT, time_ms=server_time_ms() + seconds * 1000)
            with self.subTest(seconds=seconds):
                self.assertEqual(answer.status_code, status)
        self.assert_refused(answer, 401, "clock_outside_window")

    def test_a_nonce_is_good_once(self):
        nonce = secrets.token_hex(16)
        self.assertEqual(self.client.post(PATH, BEAT, nonce=nonce).status_code, 200)
        self.assert_refused(self.client.post(PATH, BEAT, nonce=nonce), 401, "nonce_replayed")

    def test_two_edges_may_draw_the_same_nonce(self):
        key, nonce = signing.generate(secrets.token_bytes), secrets.token_hex(16)
        other = SignedClient(self, self.new_edge(key).uuid, key)
        self.assertEqual(self.client.post(PATH, BEAT, nonce=nonce).status_code, 200)
        self.assertEqual(other.post(PATH, BEAT, nonce=nonce).status_code, 200)

    def test_a_request_of_one_edge_is_none_of_another_that_has_the_same_key(self):
        other = self.new_edge(signing.generate(secrets.token_bytes))
        self.assert_refused(self.client.post(PATH, BEAT, signed_edge=other.uuid), 401, "signature_invalid")
        self.assert_refused(
            self.client.post(PATH, BEAT, edge_uuid=other.uuid, signed_edge=self.edge.uuid),
            401,
            "signature_invalid",
        )

    def test_revoked_and_archived_edges_are_refused_with_the_next_request(self):
        self.edge.state = "revoked"
        self.assert_refused(self.client.post(PATH, BEAT), 403, "edge_revoked")
        self.edge.write({"state": "active", "active": False})
        self.assertFalse(self.client.post(PATH, BEAT).json()["enabled"])

    def test_a_stranger_does_not_learn_that_an_edge_is_revoked(self):
        self.edge.state = "revoked"
        stranger = SignedClient(self, self.edge.uuid, signing.generate(secrets.token_bytes))
        self.assert_refused(stranger.post(PATH, BEAT), 401, "signature_invalid")

    def test_a_body_above_the_limit_is_not_read(self):
        answer = self.client.post(PATH, b" " * (wire.MAX_BODY_BYTES + 1))
        self.assert_refused(answer, 413, "body_too_large")

    def test_what_is_no_json_object_is_malformed(self):
        for body in (b"", b"nothing", b"[1]", b"\xff", b"[" * 100_000, b'"\xed\xa0\x80"'):
            with self.subTest(body=body[:20]):
                self.assert_refused(self.client.post(PATH, body), 400, "malformed")

    def test_an_edge_that_sends_too_much_is_slowed_down(self):
        self.company.campus_edge_requests_per_s = 2
        with patch.object(edge_auth, "RATE_WINDOW_MS", 60_000):
            self.assertEqual([self.client.post(PATH, BEAT).status_code for _ in range(3)], [200, 200, 429])
            answer = self.client.post(PATH, BEAT)
        self.assert_refused(answer, 429, "rate_limited")
        self.assertGreater(answer.json()["retry_after_ms"], 0)

    def test_callers_without_a_key_are_limited_by_address_and_disturb_no_edge(self):
        with patch.object(edge_auth, "UNKNOWN_MAX", 3):
            forged = [self.client.post(PATH, BEAT, signature="noise").json()["code"] for _ in range(5)]
            self.assertEqual(forged, ["signature_invalid"] * 3 + ["rate_limited"] * 2)
            self.assertEqual(self.client.post(PATH, BEAT).status_code, 200)

    def test_addresses_of_one_ipv6_network_count_together(self):
        self.assertEqual(edge_auth._network("2001:db8::1"), edge_auth._network("2001:db8::ffff:2"))
        self.assertNotEqual(edge_auth._network("192.0.2.1"), edge_auth._network("192.0.2.2"))
