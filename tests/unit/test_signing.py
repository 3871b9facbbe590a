"""Ed25519: what is signed is believed, what was changed is not; key versions."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.credentials import signing
from campus_core.taps import wire

KEY = signing.SigningKey(bytes(range(32)))
OTHER = signing.SigningKey(bytes(32))
EDGE = "0190f3e0-0000-4000-8000-0000000000ed"
REQUEST = [EDGE, "POST", "/campus/v1/taps?x=1", b'{"entries": []}', 1_790_000_000_000, "0" * 32]


def code_of(function, *args):
    with pytest.raises(errors.WireError) as caught:
        function(*args)
    return caught.value.code


def test_the_key_of_rfc_8032_signs_as_it_says():
    # RFC 8032, section 7.1, test 2
    key = signing.SigningKey(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    assert key.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex() == (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )


def test_a_generated_key_survives_its_seed_and_hides_it():
    key = signing.generate(secrets.token_bytes)
    assert signing.SigningKey(key.seed).public == key.public != KEY.public
    assert key.seed.hex() not in repr(key)


@given(st.binary(max_size=70))
def test_base64url_has_one_spelling(raw):
    text = signing.b64url_encode(raw)
    assert signing.b64url_decode(text, len(raw)) == raw
    for other in (text + "=", text + "\n", " " + text, text.encode(), None, len(raw)):
        assert code_of(signing.b64url_decode, other, len(raw)) == "malformed"
    assert code_of(signing.b64url_decode, text, len(raw) + 1) == "malformed"


def test_base64url_with_spare_bits_is_refused():
    assert signing.b64url_decode("AA", 1) == b"\0"
    assert code_of(signing.b64url_decode, "AB", 1) == "malformed"


def test_a_signed_request_is_believed():
    signature = signing.sign_request(KEY, *REQUEST)
    signing.check_request(KEY.public, signature, *REQUEST)
    assert signing.is_signed(KEY.public, wire.signing_text(*REQUEST), signing.b64url_decode(signature, 64))


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, "0190f3e0-0000-4000-8000-0000000000ee"),
        (1, "GET"),
        (2, "/campus/v1/taps?x=2"),
        (3, b'{"entries": [] }'),
        (4, 1_790_000_000_001),
        (5, "1" * 32),
    ],
)
def test_a_request_changed_anywhere_is_refused(place, value):
    signature = signing.sign_request(KEY, *REQUEST)
    changed = [*REQUEST[:place], value, *REQUEST[place + 1 :]]
    assert code_of(signing.check_request, KEY.public, signature, *changed) == "signature_invalid"


@given(st.none() | st.text(max_size=90) | st.binary(max_size=90) | st.integers())
def test_a_signature_of_noise_is_refused(signature):
    assert code_of(signing.check_request, KEY.public, signature, *REQUEST) == "signature_invalid"
    assert code_of(signing.check_request, b"short", signature, *REQUEST) == "signature_invalid"


def test_another_edges_signature_is_refused():
    signature = signing.sign_request(OTHER, *REQUEST)
    assert code_of(signing.check_request, KEY.public, signature, *REQUEST) == "signature_invalid"


def test_two_versions_of_the_campus_key_are_good_side_by_side():
    ring = signing.KeyRing([signing.CampusKey("k1", KEY.public)])
    old = signing.sign_snapshot("k1", KEY, b"{}")
    ring = ring.rotated("k2", OTHER.public)
    new = signing.sign_snapshot("k2", OTHER, b"{}")
    assert [(key.id, key.state) for key in ring.keys] == [("k1", "previous"), ("k2", "current")]
    assert ring.current.id == "k2"
    for header in (old, new):
        signing.check_snapshot(ring, header, b"{}")
    ring = ring.rotated("k3", bytes(32))
    signing.check_snapshot(ring, new, b"{}")
    assert code_of(signing.check_snapshot, ring, old, b"{}") == "key_unknown"
    assert [key["id"] for key in ring.to_wire()] == ["k2", "k3"]


def test_a_changed_snapshot_is_refused():
    ring = signing.KeyRing([signing.CampusKey("k1", KEY.public)])
    header = signing.sign_snapshot("k1", KEY, b'{"version": 1}')
    assert code_of(signing.check_snapshot, ring, header, b'{"version": 2}') == "signature_invalid"
    for noise in (None, "", "k1", "k1:", "k1:AA", f"k1:{header}"):
        assert code_of(signing.check_snapshot, ring, noise, b"") in ("key_unknown", "signature_invalid")


def test_a_ring_crosses_the_wire():
    keys = [signing.CampusKey("k1", KEY.public, "previous"), signing.CampusKey("k255", OTHER.public)]
    assert signing.KeyRing.from_wire(signing.KeyRing(keys).to_wire()).keys == tuple(keys)
    assert signing.KeyRing([]).current is None


@pytest.mark.parametrize(
    "values",
    [
        None, {}, [None], [{}], [{"id": "k0", "public": "A" * 43, "state": "current"}],
        [{"id": "k256", "public": "A" * 43, "state": "current"}], [{"id": "k1", "public": "A", "state": "current"}],
        [{"id": "k1", "public": "A" * 43, "state": "new"}], [{"id": "k1", "public": "A" * 43, "state": "current"}] * 2,
        [{"id": "k1\n", "public": "A" * 43, "state": "current"}], [{"id": [], "public": {}, "state": 1}],
        [{"id": f"k{n}", "public": "A" * 43, "state": "current"} for n in (1, 2)],
    ],
)  # fmt: skip
def test_what_is_no_ring_is_malformed(values):
    assert code_of(signing.KeyRing.from_wire, values) == "malformed"
