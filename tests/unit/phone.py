"""A phone for tests: what the page in the browser does with WebCrypto, in Python."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from campus_core.credentials import phone_key, qr_code, signing

NOW_MS = 1_790_000_123_456
CAMPUS = signing.SigningKey(bytes(range(32)))
RING = signing.KeyRing([signing.CampusKey("k1", CAMPUS.public)])


class Phone:
    """A P-256 key, and a certificate of the campus for it."""

    def __init__(self, phone=12, secret=7, campus=CAMPUS, key_id="k1", **terms):
        self.key = ec.derive_private_key(secret, ec.SECP256R1())
        numbers = self.key.public_key().public_numbers()
        raw = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        self.public_key = phone_key.from_raw(raw)
        terms = {"not_before_ms": NOW_MS, "valid_minutes": 60, "card": 4711, "certificate": 1} | terms
        self.certificate = qr_code.issue_certificate(
            campus, key_id, phone=phone, public_key=self.public_key, **terms
        )

    def sign(self, message):
        r, s = decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def code(self, now_ms=NOW_MS, certificate=None):
        """The QR text that the phone shows at ``now_ms``."""
        certificate = certificate or self.certificate
        step = qr_code.step_of(now_ms)
        return qr_code.text_of(certificate, step, self.sign(qr_code.signed_message(certificate, step)))
