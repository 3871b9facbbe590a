import datetime as dt
import re

from odoo.addons.campus_card.campus_core.credentials import kiosk_rules


class KioskBrowser:
    """For an ``HttpCase``: the browser of a kiosk, and what its script does with the answers."""

    def open_kiosk(self, kiosk=None):
        """Open a kiosk as its manager does and take the key into this browser."""
        url = self.as_user(kiosk or self.kiosk, "manager").action_open_here()["url"]
        self.key = url.partition("#")[2]
        self.secret = ""
        self.authenticate(None, None)
        self.start_page()
        self.post("/campus/kiosk/open", key=self.key)
        return self.start_page()

    def start_page(self):
        page = self.url_open("/campus/kiosk").text
        self.token = re.search(r'name="(?:campus-token|csrf_token)" (?:content|value)="([^"]+)"', page).group(
            1
        )
        return page

    def ask(self, part, **values):
        """POST to ``/campus/kiosk/<part>`` with the secret of the session; the response."""
        answer = self.post(f"/campus/kiosk/{part}", **{"session": self.secret, **values})
        self.secret = answer.headers.get("X-Campus-Session", self.secret)
        return answer

    def hold(self, credential):
        """Hold a card to the reader; the text of the part that comes."""
        return self.ask("card", credential=credential).text

    def kiosk_session(self):
        return self.env["campus.kiosk.session"].search([], limit=1)

    def time_passes(self, seconds):
        """Let the present session grow older."""
        session = self.kiosk_session()
        ago = dt.timedelta(seconds=seconds)
        session.write({"ends_at": session.ends_at - ago, "opened_at": session.opened_at - ago})
        self.env.flush_all()

    def time_runs_out(self):
        self.time_passes(kiosk_rules.SESSION_MAX_S + 1)
