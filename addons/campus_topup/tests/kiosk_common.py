from odoo.addons.campus_portal.tests.kiosk_common import KioskBrowser

from .common import TopupCase


class KioskMoneyCase(KioskBrowser, TopupCase):
    """Lin stands at the kiosk in the lobby with the card in hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kiosk = cls.env["campus.kiosk"].create({"name": "Lobby"})

    def setUp(self):
        super().setUp()
        self.open_kiosk()
        self.hold(self.card.uid)

    def refused_everywhere(self, *parts):
        """What nobody gets: without the key of a kiosk, without a session, in one that is over."""
        for part in parts:
            self.assertEqual(self.ask(part, session="").status_code, 410, part)
            self.assertEqual(self.ask(part, session="x" * 43).status_code, 410, part)
        self.time_runs_out()
        for part in parts:
            self.assertEqual(self.ask(part).status_code, 410, part)
        self.hold(self.card.uid)
        self.kiosk.active = False
        self.env.flush_all()
        for part in parts:
            self.assertEqual(self.ask(part).status_code, 403, part)
