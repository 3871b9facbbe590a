import datetime as dt
from unittest.mock import patch

from odoo import fields
from odoo.addons.campus_portal.tests.common import PortalCase
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .access_common import AccessCase


class PortalAccessCase(AccessCase, PortalCase):
    """Lin may go into the arts house and through the gate; the arts house is offered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.arts_house.write({"on_request": True, "for_visitors": True})
        cls.laboratory.on_request = True
        cls.host_right = cls.env["campus.access.right"].create(
            {
                "name": "Lin at the arts",
                "who": "people",
                "partner_ids": [(6, 0, cls.lin.ids)],
                "zone_ids": [(6, 0, cls.arts_house.ids)],
                "door_ids": [(6, 0, cls.gate.ids)],
            }
        )
        cls.portal = cls.env["campus.portal"].with_user(cls.lin_user)
        cls.day = cls.company._campus_today() + dt.timedelta(days=3)

    def invite(self, portal=None, **values):
        asked = {
            "zone": str(self.arts_house.id),
            "visitor": "Zhou Qiming",
            "day": self.day.isoformat(),
            "start": "14:00",
            "end": "16:00",
            **values,
        }
        return (self.portal if portal is None else portal)._invite(asked)

    def ask(self, zone=None, first=None, last=None, reason="A competition"):
        first = first or self.day
        last = last or first
        return self.portal._ask_for_right(
            str((zone or self.laboratory).id), first.isoformat(), last.isoformat(), reason
        )


@tagged("post_install", "-at_install")
class TestCampusPortalAccess(PortalAccessCase):
    # -- requests -----------------------------------------------------------------------

    def test_a_holder_asks_for_whole_days_of_the_campus_and_reads_the_answer(self):
        request = self.ask(last=self.day + dt.timedelta(days=1))
        self.assertEqual((request.partner_id, request.state), (self.lin, "asked"))
        local = self.company._campus_local
        self.assertEqual(local(request.valid_from), dt.datetime.combine(self.day, dt.time()))
        self.assertEqual(local(request.valid_until).date(), self.day + dt.timedelta(days=2))
        manager = new_test_user(self.env, "t_grants", groups="campus_access.group_campus_access_manager")
        request.with_user(manager).answer = "Yes, mind the laser."
        request.with_user(manager).action_grant()
        [shown] = self.portal._request_values()["requests"]
        self.assertEqual((shown["state"], shown["answer"]), ("granted", "Yes, mind the laser."))
        self.assertTrue(self.portal._withdraw_request(shown["id"]))
        self.assertEqual((request.state, request.right_id.active), ("withdrawn", False))

    def test_only_offered_places_are_asked_for(self):
        names = [name for _id, name in self.portal._request_values()["zones"]]
        self.assertEqual(names, ["Arts House", "Physics House · Laboratory"])
        with self.assertRaises(UserError):
            self.ask(zone=self.physics_house)
        with self.assertRaises(UserError):
            self.portal._ask_for_right("1 OR 1=1", self.day.isoformat(), self.day.isoformat(), "x")

    def test_a_request_needs_days_and_a_reason(self):
        today = self.company._campus_today()
        for values in (
            {"first": today - dt.timedelta(days=1)},
            {"first": today + dt.timedelta(days=61)},
            {"last": self.day - dt.timedelta(days=1)},
            {"last": self.day + dt.timedelta(days=180)},
            {"reason": "   "},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.ask(**values)
        with self.assertRaises(UserError):
            self.portal._ask_for_right(str(self.laboratory.id), "tomorrow", "", "x")

    def test_nobody_sees_or_withdraws_the_request_of_another(self):
        request = self.ask()
        other = self.env["campus.portal"].with_user(self.wang_user)
        self.assertFalse(other._request_values()["requests"])
        self.assertFalse(other._withdraw_request(request.id))
        self.assertEqual(request.state, "asked")
        for model in ("campus.access.request", "campus.access.visit", "campus.zone", "campus.access.right"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.wang_user).search([])

    def test_asking_is_limited_by_what_waits_and_by_the_day(self):
        for _number in range(5):
            self.ask()
        with self.assertRaisesRegex(UserError, "have not been answered"):
            self.ask()
        self.env["campus.access.request"].search([("partner_id", "=", self.lin.id)]).action_withdraw()
        with patch.object(type(self.env["campus.rate"]), "_may_try", return_value=False):
            with self.assertRaisesRegex(UserError, "too often"):
                self.ask()
            with self.assertRaisesRegex(UserError, "too often"):
                self.invite()

    # -- visits -------------------------------------------------------------------------

    def test_a_host_invites_to_where_the_own_rights_lead(self):
        visit = self.invite()
        self.assertEqual((visit.host_id, visit.zone_id, visit.state), (self.lin, self.arts_house, "planned"))
        local = self.company._campus_local(visit.valid_from)
        self.assertEqual((local.date(), local.hour), (self.day, 14))
        self.assertEqual(visit.door_ids, self.gate)
        self.assertEqual(visit.right_id.door_ids, self.gate)
        [shown] = self.portal._visit_values()["visits"]
        self.assertIn(f"/card/visit/{visit.sudo().token}", shown["url"])
        self.assertTrue(shown["qr"].startswith("data:image/png;base64,"))

    def test_a_door_that_is_not_the_host_s_is_not_given(self):
        self.host_right.door_ids = False
        self.assertFalse(self.invite().door_ids)

    def test_a_zone_with_a_door_that_the_host_may_not_pass_is_refused(self):
        room = self.new_zone("Archive", self.arts_house, kind="room")
        door = self.new_door("Archivedoor", self.arts_house, room)
        self.invite()
        self.env["campus.access.right"].create(
            {
                "name": "Not Lin",
                "who": "people",
                "partner_ids": [(6, 0, self.lin.ids)],
                "door_ids": [(6, 0, door.ids)],
                "effect": "deny",
                "priority": 50,
            }
        )
        with self.assertRaisesRegex(UserError, "may not go there yourself"):
            self.invite()

    def test_what_the_host_may_not_the_guest_may_not(self):
        self.host_right.schedule_id = self.new_schedule(
            "Days", {"start_min": 480, "end_min": 900, "saturday": True, "sunday": True}
        )
        self.invite(start="08:00", end="15:00")
        for values in ({"start": "14:00", "end": "15:01"}, {"start": "07:59", "end": "09:00"}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "may not go there yourself"):
                self.invite(**values)
        self.host_right.write({"schedule_id": False, "needs_pin": True})
        with self.assertRaisesRegex(UserError, "PIN"):
            self.invite()

    def test_only_offered_zones_of_the_host_are_invited_to(self):
        self.physics_house.for_visitors = True
        self.assertEqual([name for _id, name in self.portal._visit_values()["zones"]], ["Arts House"])
        with self.assertRaises(UserError):
            self.invite(zone=str(self.physics_house.id))
        with self.assertRaises(UserError):
            self.invite(portal=self.env["campus.portal"].with_user(self.wang_user))

    def test_an_invitation_needs_a_name_and_times_to_come(self):
        yesterday = self.company._campus_today() - dt.timedelta(days=1)
        for values in (
            {"visitor": " "},
            {"day": yesterday.isoformat()},
            {"day": "2026-13-01"},
            {"start": "16:00", "end": "14:00"},
            {"start": "25:00"},
            {"end": ""},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.invite(**values)

    def test_a_host_has_so_many_visitors_at_most(self):
        for _number in range(10):
            self.invite()
        with self.assertRaisesRegex(UserError, "enough visitors"):
            self.invite()

    def test_only_the_host_calls_a_visit_off(self):
        visit = self.invite()
        other = self.env["campus.portal"].with_user(self.wang_user)
        self.assertFalse(other._call_off_visit(visit.id))
        self.assertEqual(visit.state, "planned")
        self.assertTrue(self.portal._call_off_visit(visit.id))
        self.assertEqual((visit.state, visit.right_id.active), ("cancelled", False))
        self.assertFalse(self.portal._visit_values()["visits"])

    # -- the pages ------------------------------------------------------------------------

    def test_the_pages_ask_invite_and_say_what_went_wrong(self):
        self.login(self.lin_user)
        day = self.day.isoformat()
        asked = {"zone": self.laboratory.id, "first": day, "last": day, "reason": "A competition"}
        answer = self.post("/my/card/doors/requests/new", **asked)
        self.assertEqual(answer.status_code, 303)
        page = self.url_open("/my/card/doors/requests").text
        self.assertIn("A competition", page)
        refused = self.post("/my/card/doors/requests/new", **{**asked, "reason": ""})
        self.assertEqual(refused.status_code, 200)
        self.assertIn("Say what you need it for.", refused.text)
        visit = {"zone": self.arts_house.id, "visitor": "Zhou <b>Qiming</b>", "day": day}
        answer = self.post("/my/card/doors/visitors/new", **visit, start="14:00", end="16:00")
        self.assertEqual(answer.status_code, 303)
        page = self.url_open("/my/card/doors/visitors").text
        self.assertIn("Zhou &lt;b&gt;Qiming", page)
        number = self.env["campus.access.visit"].search([("host_id", "=", self.lin.id)]).id
        self.post("/my/card/doors/visitors/call-off", visit=number)
        self.assertNotIn("Qiming", self.url_open("/my/card/doors/visitors").text)

    def test_a_login_without_a_card_is_told_so(self):
        self.login(new_test_user(self.env, login="t_no_card", groups="base.group_portal"))
        for page in ("requests", "visitors"):
            self.assertIn("No campus card here", self.url_open(f"/my/card/doors/{page}").text)

    def test_visits_that_are_over_are_not_shown(self):
        self.invite()
        later = fields.Datetime.now() + dt.timedelta(days=9)
        with patch.object(fields.Datetime, "now", return_value=later):
            self.assertFalse(self.portal._visit_values()["visits"])
