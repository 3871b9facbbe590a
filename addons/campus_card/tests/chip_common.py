import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ..campus_core.credentials import sun

VECTORS = Path(__file__).parents[3] / "tests" / "vectors" / "sun_an12196.json"
FACTORY_KEY = "00" * 16
MASTER, META = "00112233445566778899AABBCCDDEEFF", "5ACE7E50AB65D5D51FD5BF5A16B8205B"


def nxp_messages():
    """``[(UID, counter, address)]`` that NXP has published, of chips with the keys of the factory."""
    messages = json.loads(VECTORS.read_text())["messages"]
    return [(message["uid"], message["counter"], message["text"]) for message in messages]


class Chip:
    """An NTAG 424 DNA as a reader sees it: a new message at every tap."""

    def __init__(self, uid="04112233445566", version=1, counter=0):
        self.uid, self.counter = uid, counter
        self.keys = sun.SunKeys(version, bytes.fromhex(META), bytes.fromhex(MASTER))

    def tap(self, counter=None):
        """The next message, or the one of ``counter``, as a credential."""
        self.counter = self.counter + 1 if counter is None else counter
        plain = (
            b"\xc7" + bytes.fromhex(self.uid) + self.counter.to_bytes(3, "little") + secrets.token_bytes(5)
        )
        encryptor = Cipher(algorithms.AES(self.keys.meta), modes.CBC(bytes(16))).encryptor()
        file_key = sun.card_key(self.keys.master, self.uid, self.keys.version)
        mac = sun.truncated(sun.cmac(sun.session_key(file_key, self.uid, self.counter), b""))
        return f"sun:picc_data={encryptor.update(plain).hex().upper()}&cmac={mac.hex().upper()}"


def add_key(env, company, number=1, **values):
    """A version with the keys that ``Chip`` has."""
    return env["campus.chip.key"].create(
        {"number": number, "company_id": company.id, "meta_typed": META, "master_typed": MASTER, **values}
    )


def add_factory_key(env, company, number=1):
    """The version that NXP's published messages are made with."""
    typed = {"meta_typed": FACTORY_KEY, "master_typed": FACTORY_KEY}
    return add_key(env, company, number, is_diversified=False, **typed)
