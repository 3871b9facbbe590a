"""What the POS gets from the edge is what it would get from a wedge reader."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.credentials import uids
from campus_edge.lan.text import till_text
from campus_edge.protocols.base import MAX_CREDENTIAL, of_uid

POS = Path(__file__).resolve().parents[2] / "addons" / "campus_pos"
RULES = [
    field.text
    for field in ET.parse(POS / "data" / "barcode_rules.xml").iter("field")
    if field.get("name") == "pattern"
]
STORE = (POS / "static/src/app/overrides/pos_store.js").read_text(encoding="utf-8")
# What the till tries as a card when no rule and no product has it.
UID_FORMS = re.compile(re.search(r"UID_FORMS = /(.+)/i;", STORE)[1], re.IGNORECASE)
UIDS = st.binary(min_size=4, max_size=4) | st.binary(min_size=7, max_size=7)


@given(UIDS.filter(of_uid))
def test_a_uid_with_a_letter_matches_a_barcode_rule_of_the_till(raw):
    text = till_text(of_uid(raw))
    assert text == raw.hex().upper()
    matches = any(re.match(rule, text) for rule in RULES)
    assert matches is not text.isdigit()


@given(UIDS.filter(of_uid) | st.binary(min_size=10, max_size=10).filter(any))
def test_every_uid_is_tried_as_a_card(raw):
    assert UID_FORMS.match(till_text(of_uid(raw)))


@given(UIDS.filter(of_uid))
def test_the_server_reads_the_card_back(raw):
    assert uids.check(raw.hex().upper()) in uids.candidates(till_text(of_uid(raw)))


@pytest.mark.parametrize(
    ("credential", "text"),
    [
        ("qr:CAMP1.abc-def_123", "CAMP1.abc-def_123"),
        ("number:2024001234", "2024001234"),
        ("sun:https://pos.example/t?picc=EF96", "https://pos.example/t?picc=EF96"),
        ("qr:with:colons", "with:colons"),
    ],
)
def test_codes_and_numbers_stay_as_they_are(credential, text):
    assert till_text(credential) == text


@pytest.mark.parametrize(
    "credential",
    [
        "",
        "04A1B2C3",
        "uid:",
        "uid:04a1b2c3",
        "uid:04A1B2",
        "uid:04A1B2C3D4",
        "qr:ab",
        "qr:a\nb\x00c",
        "qr:" + "x" * (MAX_CREDENTIAL + 1),
    ],
)
def test_what_is_no_credential_is_not_given_to_a_till(credential):
    assert till_text(credential) is None
