import base64
import secrets
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.campus_card.campus_core.credentials import signing
from odoo.addons.campus_card.campus_core.devices import pairing
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2.errors import RestrictViolation, UniqueViolation

from ..controllers import edges
from .edge_common import EdgeHttpCase, SignedClient

PAIR, BEAT = "/campus/v1/pair", "/campus/v1/heartbeat"


@tagged("post_install", "-at_install")
class TestCampusEdgePairing(EdgeHttpCase):
    def setUp(self):
        super().setUp()
        self.fresh = self.env["campus.edge"].create({"name": "Library edge"})
        self.new_key = signing.generate(secrets.token_bytes)

    def code_of(self, edge):
        action = edge.action_pair()
        return action["context"]["default_code"]

    def send(self, code, **values):
        body = {
            "code": code,
            "public_key": signing.b64url_encode(self.new_key.public),
            "name": "rpi-7",
            "version": "1.0",
            **values,
        }
        return self.url_open(PAIR, json=body)

    def test_a_code_makes_the_key_of_a_machine_the_key_of_the_edge(self):
        answer = self.send(self.code_of(self.fresh))
        self.assertEqual(answer.status_code, 200, answer.text)
        paired = answer.json()
        self.assertEqual((self.fresh.uuid, self.fresh.state), (paired["edge"], "active"))
        self.assertEqual([key["state"] for key in paired["keys"]], ["current"])
        beat = SignedClient(self, paired["edge"], self.new_key).post(BEAT, {"version": "1.0"})
        self.assertEqual(beat.status_code, 200, beat.text)

    def test_a_code_is_typed_in_any_case_with_or_without_dash(self):
        code = self.code_of(self.fresh)
        self.assertEqual(self.send(f" {code.replace('-', ' ').lower()} ").status_code, 200)

    def test_a_code_is_stored_only_as_its_digest(self):
        code = pairing.normalise(self.code_of(self.fresh))
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT row_to_json(edge)::text FROM campus_edge edge WHERE id = %s", [self.fresh.id]
        )
        row = self.env.cr.fetchone()[0]
        self.assertIn(pairing.digest(code), row)
        self.assertNotIn(code, row)
        self.assertFalse(self.env["campus.edge.pair"].search_count([]))

    def test_the_dialog_shows_code_command_and_picture(self):
        action = self.fresh.action_pair()
        dialog = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertIn(f"campus-edge pair {dialog.code} http", dialog.command)
        self.assertTrue(base64.b64decode(dialog.qr).startswith(b"\x89PNG"))

    def test_a_machine_whose_answer_got_lost_asks_again(self):
        code = self.code_of(self.fresh)
        first, second = self.send(code).json(), self.send(code).json()
        self.assertEqual(first["edge"], second["edge"])

    def test_a_code_works_once(self):
        code = self.code_of(self.fresh)
        self.assertEqual(self.send(code).status_code, 200)
        other = signing.b64url_encode(signing.generate(secrets.token_bytes).public)
        self.assert_refused(self.send(code, public_key=other), 403, "pairing_code_invalid")

    def test_a_code_is_void_after_a_quarter_of_an_hour_and_after_a_newer_one(self):
        old, code = self.code_of(self.fresh), self.code_of(self.fresh)
        self.assert_refused(self.send(old), 403, "pairing_code_invalid")
        self.fresh.pairing_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assert_refused(self.send(code), 403, "pairing_code_invalid")

    def test_guessing_is_limited_by_address(self):
        with patch.object(edges, "PAIRING_MAX", 3):
            guesses = [self.send("AAAAA-AAAAA").json()["code"] for _ in range(4)]
            self.assertEqual(guesses, ["pairing_code_invalid"] * 3 + ["rate_limited"])
            # even the right code does not help then: a guesser must not learn when he has it
            self.assert_refused(self.send(self.code_of(self.fresh)), 429, "rate_limited")

    def test_what_is_malformed_uses_no_code_up(self):
        code = self.code_of(self.fresh)
        for values, field in (
            ({"public_key": "short"}, "public_key"),
            ({"public_key": None}, "public_key"),
            ({"name": 7}, "name"),
            ({"name": "a\0b"}, "name"),
            ({"version": "x" * 33}, "version"),
        ):
            answer = self.send(code, **values)
            with self.subTest(values=values):
                self.assert_refused(answer, 400, "malformed")
                self.assertEqual(answer.json()["field"], field)
        for wrong in (None, 7, "", "x" * 5000, ["a"]):
            self.assert_refused(self.send(wrong), 403, "pairing_code_invalid")
        self.assertEqual(self.send(code).status_code, 200)

    def test_pairing_again_replaces_the_key_and_says_so(self):
        uuid, channel = self.edge.uuid, self.edge.sudo().channel
        self.assertEqual(self.send(self.code_of(self.edge)).json()["edge"], uuid)
        self.assert_refused(self.client.post(BEAT, {}), 401, "signature_invalid")
        self.assertEqual(SignedClient(self, uuid, self.new_key).post(BEAT, {}).status_code, 200)
        self.assertNotEqual(self.edge.sudo().channel, channel)
        self.assertIn("replaced", " ".join(self.edge.message_ids.mapped("body")))

    def test_a_revoked_key_stays_out_but_another_machine_may_take_the_place(self):
        self.edge.action_revoke()
        self.assert_refused(self.client.post(BEAT, {}), 403, "edge_revoked")
        self.new_key, other = self.key, self.new_key
        self.assert_refused(self.send(self.code_of(self.edge)), 403, "key_used")
        self.assert_refused(self.send(self.code_of(self.fresh)), 403, "key_used")
        self.new_key = other
        self.assertEqual(self.send(self.code_of(self.edge)).status_code, 200)
        self.assertEqual(self.edge.state, "active")

    def test_a_revoked_key_stays_out_also_when_another_came_after_it(self):
        self.edge.action_revoke()
        revoked, second = self.key, self.new_key
        self.assertEqual(self.send(self.code_of(self.edge)).status_code, 200)
        for edge in (self.edge, self.fresh):
            self.new_key = revoked
            self.assert_refused(self.send(self.code_of(edge)), 403, "key_used")
        self.assertEqual(self.edge.public_key, signing.b64url_encode(second.public))

    def test_a_key_is_one_edges_and_a_refused_one_uses_no_code_up(self):
        code = self.code_of(self.fresh)
        mine, self.new_key = self.new_key, self.key
        self.assert_refused(self.send(code), 403, "key_used")
        self.assertEqual((self.fresh.uuid, self.fresh.state), (False, "new"))
        self.new_key = mine
        self.assertEqual(self.send(code).status_code, 200)
        self.assert_refused(self.send(self.code_of(self.fresh)), 403, "key_used")

    def test_a_code_that_was_shown_before_a_revocation_is_void(self):
        code = self.code_of(self.edge)
        self.edge.action_revoke()
        self.assert_refused(self.send(code), 403, "pairing_code_invalid")

    @mute_logger("odoo.sql_db")
    def test_the_database_knows_every_key_that_ever_was(self):
        public = self.edge.public_key
        self.edge.public_key = signing.b64url_encode(self.new_key.public)
        self.env.flush_all()
        for edge in (self.edge, self.fresh):
            with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
                self.env.cr.execute("UPDATE campus_edge SET public_key = %s WHERE id = %s", [public, edge.id])
        with self.assertRaises(RestrictViolation), self.env.cr.savepoint():
            self.env.cr.execute("DELETE FROM campus_edge_key")

    def test_a_switched_off_edge_stays_off_when_it_is_paired_again(self):
        self.edge.action_disable()
        self.assertEqual(self.send(self.code_of(self.edge)).status_code, 200)
        self.assertEqual(self.edge.state, "disabled")

    def test_an_archived_edge_is_not_paired(self):
        self.fresh.active = False
        with self.assertRaises(UserError):
            self.fresh.action_pair()

    def test_verbs_and_their_states(self):
        for verb, before, after in (
            ("action_disable", "active", "disabled"),
            ("action_enable", "disabled", "active"),
            ("action_revoke", "active", "revoked"),
            ("action_revoke", "disabled", "revoked"),
        ):
            self.edge.state = before
            getattr(self.edge, verb)()
            self.assertEqual(self.edge.state, after)
        for verb in ("action_disable", "action_enable", "action_revoke"):
            with self.assertRaises(UserError):
                getattr(self.edge, verb)()

    def test_who_may_do_what(self):
        device = new_test_user(self.env, "test_device", groups="campus_card.group_campus_card_device_manager")
        clerk = new_test_user(self.env, "test_edge_clerk", groups="campus_card.group_campus_card_clerk")
        employee = new_test_user(self.env, "test_edge_employee", groups="base.group_user")
        for verb in ("action_pair", "action_disable", "action_enable", "action_revoke"):
            with self.subTest(verb=verb), self.assertRaises(AccessError):
                getattr(self.edge.with_user(clerk), verb)()
        self.assertEqual(self.edge.with_user(clerk).name, "Canteen edge")
        with self.assertRaises(AccessError):
            self.edge.with_user(employee).read(["name"])
        edge = self.edge.with_user(device)
        edge.action_disable()
        edge.action_enable()
        edge.action_pair()
        for values in ({"state": "active"}, {"public_key": "x"}, {"uuid": None}, {"keys_version": 1 << 40}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                edge.write(values)
        with self.assertRaises(AccessError):
            edge.create({"name": "Own", "state": "active"})
        for secret in ("channel", "pairing_digest"):
            with self.subTest(secret=secret), self.assertRaises(AccessError):
                edge.read([secret])
