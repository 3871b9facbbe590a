import datetime as dt

import psycopg2
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .passage_common import PassageCase


@tagged("post_install", "-at_install")
class TestCampusLook(PassageCase):
    def setUp(self):
        super().setUp()
        self.journal.passage(self.card, ["access_no_right"])
        self.send()
        self.row = self.rows()

    def look(self, **values):
        look = self.env["campus.passage.look"].with_user(self.guard)
        look = look.with_context(active_model="campus.passage", active_ids=self.row.ids)
        return look.create({"reason": "bicycle stolen, case 31", **values})

    def test_names_are_shown_to_nobody_who_has_not_stated_a_reason(self):
        as_guard = self.row.with_user(self.guard)
        self.assertEqual(as_guard.person, "•••")
        for name in ("partner_id", "card_id", "credential"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                as_guard.read([name])
            with self.subTest(domain=name), self.assertRaises(AccessError):
                as_guard.search([(name, "!=", False)])

    def test_a_reason_is_kept_with_the_people_and_shows_their_names_to_this_user_alone(self):
        self.look().action_look()
        self.env.invalidate_all()
        self.assertEqual(self.row.with_user(self.guard).person, self.card.partner_id.name)
        self.assertEqual(self.row.with_user(self.guard_two).person, "•••")
        look = self.env["campus.look"].search([("user_id", "=", self.guard.id)])
        self.assertEqual((look.reason, look.scope), ("bicycle stolen, case 31", "list"))
        self.assertEqual(look.line_ids.partner_id, self.card.partner_id)

    def test_one_persons_trail_needs_a_reason_too(self):
        with self.assertRaises(UserError):
            self.look(partner_id=self.card.partner_id.id, reason="x").action_look()
        action = self.look(partner_id=self.card.partner_id.id).action_look()
        self.assertEqual(action["domain"], [("id", "in", self.row.ids)])

    def test_names_are_hidden_again_after_a_while(self):
        self.look().action_look()
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL session_replication_role TO replica")
        self.env.cr.execute("UPDATE campus_look SET looked_at = looked_at - interval '31 minutes'")
        self.env.cr.execute("SET LOCAL session_replication_role TO origin")
        self.env.invalidate_all()
        self.assertEqual(self.row.with_user(self.guard).person, "•••")

    def test_looks_are_never_changed(self):
        self.look().action_look()
        self.env.flush_all()
        for table in ("campus_look", "campus_look_person"):
            with (
                self.subTest(table=table),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.RestrictViolation),
                self.cr.savepoint(),
            ):
                self.env.cr.execute(f"DELETE FROM {table}")
        for model in ("campus.look", "campus.look.person"):
            with self.subTest(model=model), self.assertRaises(UserError):
                self.env[model].search([], limit=1).with_user(self.guard).write({})

    def test_the_guards_screen_starts_with_a_reason_and_keeps_whom_it_shows(self):
        live = self.env["campus.passage"].with_user(self.guard)
        with self.assertRaises(UserError):
            live.live_start("")
        started = live.live_start("gate duty")
        self.assertNotIn(self.card.partner_id.name, str(started), "no names before they are asked for")
        self.assertEqual([row["id"] for row in started["rows"]], self.row.ids)
        faces = live.live_faces(started["look"], self.row.ids)
        self.assertEqual(faces[self.row.id][0], self.card.partner_id.name)
        look = self.env["campus.look"].browse(started["look"])
        self.assertEqual(look.line_ids.partner_id, self.card.partner_id)

    def test_nobody_uses_the_look_of_another(self):
        started = self.env["campus.passage"].with_user(self.guard).live_start("gate duty")
        with self.assertRaises(AccessError):
            self.env["campus.passage"].with_user(self.guard_two).live_faces(started["look"], self.row.ids)

    def test_a_clerk_sees_the_doors_of_the_own_departments_only(self):
        library, arts = self.env["campus.department"].create(
            [{"name": "Library", "code": "T-LIB"}, {"name": "Arts hall", "code": "T-ARTS"}]
        )
        self.library.own_department_id = library
        self.env.flush_all()
        for department, seen in ((library, self.row), (arts, self.row.browse())):
            clerk = self.new_guard(f"clerk_{department.id}", "campus_access.group_campus_access_clerk")
            clerk.campus_department_ids = department
            clerk.campus_all_departments = False
            with self.subTest(department=department.name):
                found = self.env["campus.passage"].with_user(clerk).search([("edge_id", "=", self.edge.id)])
                self.assertEqual(found, seen)

    # -- export --------------------------------------------------------------------

    def export(self):
        now = dt.datetime.now()
        values = {
            "reason": "theft, case 31",
            "date_from": now - dt.timedelta(days=2),
            "date_to": now + dt.timedelta(1),
        }
        return self.env["campus.passage.export"].with_user(self.guard).create(values)

    def test_an_export_needs_two_people(self):
        export = self.export()
        manager = self.new_guard(
            "boss", "campus_access.group_campus_access_manager,campus_access.group_campus_access_guard"
        )
        with self.assertRaises(UserError):
            export.action_download()
        with self.assertRaises(AccessError):
            export.action_approve()
        export.with_user(manager).action_approve()
        self.assertEqual((export.state, export.decided_by_id), ("approved", manager))
        text = export._file().decode("utf-8-sig")
        self.assertIn(self.card.partner_id.name, text)
        looks = self.env["campus.look"].search([("scope", "=", "export")])
        self.assertEqual(looks.line_ids.partner_id, self.card.partner_id)

    def test_who_asked_cannot_approve(self):
        both = self.new_guard("both", "campus_access.group_campus_access_manager")
        export = self.export().with_user(both).copy()
        self.assertEqual(export.requested_by_id, both)
        with self.assertRaises(UserError):
            export.action_approve()

    def test_what_was_approved_is_not_changed(self):
        export = self.export()
        for call in (lambda: export.write({"date_to": dt.datetime.now()}), export.unlink):
            with self.assertRaises(UserError):
                call()

    def test_only_the_two_fetch_it(self):
        export = self.export()
        manager = self.new_guard("boss", "campus_access.group_campus_access_manager")
        export.with_user(manager).action_approve()
        with self.assertRaises(AccessError):
            export.with_user(self.guard_two)._file()

    # -- erasure -------------------------------------------------------------------

    def test_the_proof_of_an_erasure_says_how_many_which_time_and_who_configured_it(self):
        self.company.with_user(self.env.ref("base.user_admin")).sudo(False).sudo().campus_passage_days = 30
        old = self.journal.at_ms - 100 * 86_400_000
        for step in range(3):
            self.journal.passage(self.card, at_ms=old + step)
        self.send()
        self.env["campus.passage.erasure"]._cron_erase()
        proof = self.env["campus.passage.erasure"].search([])
        self.assertEqual((proof.passage_count, proof.days, len(proof.digest)), (3, 30, 64))
        self.assertEqual(proof.configured_by_id, self.company.campus_passage_days_by_id)
        self.assertEqual(self.rows(), self.row, "what is young stays")
        self.env["campus.passage.erasure"]._cron_erase()
        self.assertEqual(self.env["campus.passage.erasure"].search([]), proof, "nothing is erased twice")
