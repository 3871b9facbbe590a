"""The phone's code: believed without a server, once, for a moment; every forgery has its name."""

import base64
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phone import CAMPUS, NOW_MS, RING, Phone

from campus_core import errors
from campus_core.credentials import phone_key, qr_code, signing

PHONE = Phone()
TEXT = PHONE.code()
STEP = qr_code.STEP_MS
#: Order of the curve P-256.
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def verify(text=TEXT, now_ms=NOW_MS, keys=RING, revoked=(), used=None, **more):
    return qr_code.verify(text, keys, now_ms, revoked, used or qr_code.UsedSteps(), **more)


def refusal(*args, **kwargs):
    with pytest.raises(errors.CredentialError) as caught:
        verify(*args, **kwargs)
    return caught.value.code


def text_of(raw):
    return qr_code.PREFIX + base64.b32encode(raw).decode()


def test_a_reader_without_a_server_believes_the_phone():
    code = verify()
    assert code.certificate[:4] == ("k1", 4711, 12, 1)
    assert code.certificate.expires_ms - code.certificate.not_before_ms == 3_600_000
    assert code.certificate.public_key == PHONE.public_key


def test_the_text_is_short_and_of_a_qr_codes_alphabet():
    assert len(TEXT) == qr_code.TEXT_LENGTH == 300
    assert set(TEXT) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.")
    assert verify(f"  {TEXT.lower()}\n").certificate.card == 4711


def test_the_vectors_for_the_browser_are_true(vectors):
    data = vectors("qr_code")
    terms = dict(data["certificate"])
    raw, text, expires_ms = (terms.pop(name) for name in ("hex", "base64url", "expires_ms"))
    campus = signing.SigningKey(bytes.fromhex(data["campus_key"]["seed"]))
    public = phone_key.from_jwk(data["phone_private_jwk"])
    certificate = qr_code.issue_certificate(campus, data["campus_key"]["id"], public_key=public, **terms)
    assert certificate.hex() == raw
    assert signing.b64url_encode(certificate) == text
    assert qr_code.read_certificate(certificate).expires_ms == expires_ms
    ring = signing.KeyRing([signing.CampusKey("k3", campus.public)])
    for case in data["steps"]:
        assert qr_code.step_of(case["now_ms"]) == case["step"]
        assert qr_code.signed_message(certificate, case["step"]).hex() == case["signed_message"]
        code = verify(case["example_text"], case["now_ms"], ring)
        assert code.signed_message.hex() == case["signed_message"]


@given(st.integers(0, qr_code.CODE_BYTES * 8 - 1))
def test_a_flipped_bit_anywhere_is_refused(bit):
    raw = bytearray(qr_code.parse(TEXT).raw)
    raw[bit // 8] ^= 1 << bit % 8
    assert refusal(text_of(bytes(raw))) in {"code_forged", "key_unknown", "credential_malformed"}


@given(st.integers(-10 * STEP, 10 * STEP), st.integers(-10 * STEP, 10 * STEP))
def test_any_clock_drift_is_good_within_one_step_and_stale_beyond(phone_drift_ms, reader_drift_ms):
    phone = Phone(not_before_ms=NOW_MS - 100 * STEP, valid_minutes=6000)
    text = phone.code(NOW_MS + phone_drift_ms)
    reader_ms = NOW_MS + reader_drift_ms
    steps_off = qr_code.step_of(NOW_MS + phone_drift_ms) - qr_code.step_of(reader_ms)
    if abs(steps_off) <= 1:
        assert verify(text, reader_ms)
    else:
        assert refusal(text, reader_ms) == "code_stale"
    # a reader that knows its drift judges by the true time
    steps_off = qr_code.step_of(NOW_MS + phone_drift_ms) - qr_code.step_of(NOW_MS)
    if abs(steps_off) <= 1:
        assert verify(text, reader_ms, drift_ms=-reader_drift_ms)
    else:
        assert refusal(text, reader_ms, drift_ms=-reader_drift_ms) == "code_stale"


def test_a_second_use_is_a_replay_also_with_another_signature():
    used = qr_code.UsedSteps()
    verify(used=used)
    assert refusal(used=used) == "code_replayed"
    assert refusal(PHONE.code(), used=used) == "code_replayed"
    raw = qr_code.parse(TEXT).raw
    twin = raw[:-32] + (N - int.from_bytes(raw[-32:], "big")).to_bytes(32, "big")
    assert verify(text_of(twin))  # ECDSA: s and n - s are both good
    assert refusal(text_of(twin), used=used) == "code_replayed"
    renewed = Phone(certificate=2)
    assert refusal(renewed.code(), used=used) == "code_replayed"


def test_the_next_step_and_another_phone_are_no_replay():
    used = qr_code.UsedSteps()
    verify(used=used)
    assert verify(PHONE.code(NOW_MS + STEP), NOW_MS + STEP, used=used)
    assert verify(Phone(phone=13, secret=8).code(), used=used)


def test_a_screenshot_is_stale_after_its_step():
    assert verify(now_ms=NOW_MS + STEP)
    for later_ms in (2 * STEP, 30 * STEP, 359 * STEP):
        assert refusal(now_ms=NOW_MS + later_ms) == "code_stale"


def test_a_revoked_phone_has_its_own_answer():
    assert refusal(revoked={12}) == "phone_revoked"
    assert verify(revoked={13})


def test_a_certificate_has_its_time():
    end_ms = NOW_MS - NOW_MS % 1000 + 3_600_000
    assert verify(PHONE.code(end_ms - 1), end_ms - 1)
    assert refusal(PHONE.code(end_ms), end_ms) == "certificate_expired"
    early_ms = NOW_MS - 2 * STEP
    assert refusal(PHONE.code(early_ms), early_ms) == "certificate_expired"
    assert verify(PHONE.code(NOW_MS - STEP), NOW_MS - STEP)  # the phone's first code, a reader behind


def test_two_campus_keys_are_good_side_by_side_and_a_retired_one_is_unknown():
    new = signing.SigningKey(bytes(32))
    ring = RING.rotated("k2", new.public)
    assert verify(keys=ring)
    assert verify(Phone(campus=new, key_id="k2").code(), keys=ring)
    assert refusal(keys=ring.rotated("k3", CAMPUS.public)) == "key_unknown"
    assert refusal(Phone(campus=new, key_id="k9").code(), keys=ring) == "key_unknown"


def test_a_certificate_of_somebody_else_is_forged():
    false_campus = signing.SigningKey(bytes(range(1, 33)))
    assert refusal(Phone(campus=false_campus).code()) == "code_forged"
    thief = Phone(secret=99)
    assert refusal(thief.code(certificate=PHONE.certificate)) == "code_forged"


def test_a_code_moved_to_another_step_is_forged():
    raw = qr_code.parse(TEXT).raw
    step = (qr_code.step_of(NOW_MS) + 1).to_bytes(4, "big")
    moved = raw[: qr_code.CERTIFICATE_BYTES] + step + raw[-64:]
    assert refusal(text_of(moved)) == "code_forged"


@given(st.text(max_size=320) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", min_size=296, max_size=296))
def test_noise_has_one_of_the_codes(noise):
    codes = {"credential_malformed", "key_unknown", "code_forged"}
    assert refusal(noise) in codes
    assert refusal(qr_code.PREFIX + noise) in codes


def test_a_refused_code_is_not_used_up():
    used = qr_code.UsedSteps()
    refusal(revoked={12}, used=used)
    assert used.count == 0
    assert verify(used=used)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 8)), max_size=60), st.integers(1, 5))
def test_no_step_is_taken_twice_however_small_the_memory(uses, limit):
    used, taken = qr_code.UsedSteps(limit), set()
    for phone, step in uses:
        if used.take(phone, step):
            assert (phone, step) not in taken
            taken.add((phone, step))
        assert used.count <= limit


class SlowPhone(int):
    """A phone's id that lets other threads run while it is looked up."""

    def __hash__(self):
        # No wait for anything: a thread that sleeps gives way to the others.
        time.sleep(0.001)
        return int.__hash__(self)


def test_of_many_readers_that_see_a_code_at_once_one_takes_it():
    used, start = qr_code.UsedSteps(), threading.Barrier(8)

    def show(_reader):
        start.wait()
        return used.take(SlowPhone(12), 5)

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(show, range(8))) == 1
    assert used.count == 1


def test_a_large_memory_forgets_nothing_it_need_not():
    used = qr_code.UsedSteps()
    assert all(used.take(phone, step) for step in range(5) for phone in range(1000))
    assert not any(used.take(phone, step) for step in range(5) for phone in range(1000))


def test_a_program_that_was_restarted_takes_only_later_codes():
    used = qr_code.UsedSteps.since(NOW_MS)
    assert refusal(used=used) == "code_replayed"
    assert refusal(PHONE.code(NOW_MS + STEP), NOW_MS + STEP, used=used) == "code_replayed"
    assert verify(PHONE.code(NOW_MS + 2 * STEP), NOW_MS + 2 * STEP, used=used)


def test_enrolment_proves_that_the_phone_has_the_key():
    challenge = b"c" * 32
    signature = PHONE.sign(phone_key.ENROL_DOMAIN + challenge)
    assert phone_key.proves_possession(PHONE.public_key, challenge, signature)
    assert not phone_key.proves_possession(PHONE.public_key, b"d" * 32, signature)
    assert not phone_key.proves_possession(PHONE.public_key, challenge, PHONE.sign(challenge))
    assert not phone_key.proves_possession(PHONE.public_key, challenge, b"")


@pytest.mark.parametrize(
    "jwk",
    [{}, {"kty": "EC", "crv": "P-384"}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, {"kty": "RSA"}],
)
def test_what_is_no_phone_key_is_malformed(jwk):
    with pytest.raises(errors.CredentialError):
        phone_key.from_jwk(jwk)
    for raw in (b"", b"\x02" + bytes([255] * 32), b"\x04" + bytes(64), b"\0"):
        with pytest.raises(errors.CredentialError):
            phone_key.check(raw)


@pytest.mark.parametrize(
    "terms",
    [{"card": -1}, {"card": 1 << 32}, {"phone": 1.5}, {"valid_minutes": 0}, {"valid_minutes": 65_536}],
)
def test_terms_that_do_not_fit_are_programming_errors(terms):
    with pytest.raises(ValueError, match="certificate"):
        Phone(**terms)
