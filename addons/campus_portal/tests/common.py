import base64
import re
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from odoo.addons.campus_card.campus_core.credentials import phone_key, qr_code
from odoo.addons.campus_card.tests.people_common import PeopleCase
from odoo.tests import HttpCase, new_test_user


class SoftPhone:
    """A phone as the server sees it: a P-256 key, signatures as WebCrypto makes them."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = None

    def sign(self, message):
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def jwk(self):
        numbers = self.key.public_key().public_numbers()
        return {name: _b64url(getattr(numbers, name).to_bytes(32, "big")) for name in ("x", "y")}

    def proof(self, challenge):
        return base64.b64encode(self.sign(phone_key.ENROL_DOMAIN + challenge.encode())).decode()

    def code(self, off=0, now=None):
        """The code of the step ``off`` steps from the present one."""
        step = qr_code.step_of(int((now or time.time()) * 1000)) + off
        return qr_code.text_of(
            self.certificate, step, self.sign(qr_code.signed_message(self.certificate, step))
        )


def _b64url(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class PortalCase(PeopleCase, HttpCase):
    """Lin and Wang with portal logins of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lin_user = cls.new_portal_user(cls.lin, "test_lin")
        cls.wang_user = cls.new_portal_user(cls.wang, "test_wang")
        cls.top_up(cls.lin.campus_wallet_id, 8640)
        cls.top_up(cls.wang.campus_wallet_id, 12345)

    @classmethod
    def new_portal_user(cls, holder, login):
        return new_test_user(
            cls.env, login=login, groups="base.group_portal", partner_id=holder.id, name=holder.name
        )

    def login(self, user):
        self.authenticate(user.login, user.login)
        page = self.url_open("/my/card/settings").text
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)

    def post(self, url, **values):
        return self.url_open(url, data={"csrf_token": self.token, **values}, allow_redirects=False)

    def enrol(self, phone, move=False):
        """Enrol a phone for who is logged in; the server's answer."""
        challenge = self.post("/my/card/phone/challenge").json()["challenge"]
        values = {**phone.jwk(), "challenge": challenge, "proof": phone.proof(challenge)}
        answer = self.post("/my/card/phone", move="1" if move else "", **values).json()
        if answer["code"] == "ok":
            phone.certificate = base64.b64decode(answer["certificate"])
        return answer

    def resolve(self, text, payment=None):
        return self.env["campus.card"]._resolve_credential(text, payment)
