"""From any text to a typed credential, or to one clear refusal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.credentials import credential, uids

SUN = "picc_data=EF963FF7828658A599F3041510671E88&cmac=94EED9EE65337086"
UIDS = st.sampled_from(uids.SIZES).flatmap(
    lambda size: st.binary(min_size=size, max_size=size).map(lambda raw: raw.hex().upper())
)


def code_of(text):
    with pytest.raises(errors.CredentialError) as caught:
        credential.parse(text)
    return caught.value.code


@pytest.fixture(scope="module")
def qr_text(vectors):
    return vectors("qr_code")["steps"][0]["example_text"]


@pytest.mark.parametrize(
    ("text", "kind", "wire_text"),
    [
        ("uid:04A1B2C3", credential.Uid, "uid:04A1B2C3"),
        ("UID: 04:a1:b2:c3 ", credential.Uid, "uid:04A1B2C3"),
        ("UID:3283263748", credential.Scan, "3283263748"),
        (f"sun:{SUN}", credential.Sun, f"sun:{SUN}"),
        (f"https://card.example/t?{SUN}", credential.Sun, f"sun:https://card.example/t?{SUN}"),
        (SUN, credential.Sun, f"sun:{SUN}"),
        ("emergency:2025001#4815 2637", credential.Emergency, "emergency:2025001#48152637"),
        ("2025001#48152637", credential.Emergency, "emergency:2025001#48152637"),
        ("number: 2025001", credential.Number, "number:2025001"),
        ("number:学号12", credential.Number, "number:学号12"),
        ("2025001", credential.Scan, "2025001"),
        (" 04:A1:B2:C3\r\n", credential.Scan, "04:A1:B2:C3"),
        ("K000123", credential.Scan, "K000123"),
    ],
)
def test_each_kind_of_text_is_known(text, kind, wire_text):
    found = credential.parse(text)
    assert (type(found), found.text) == (kind, wire_text)
    assert credential.parse(found.text) == found


def test_the_table_of_the_module_is_true():
    rows = credential.__doc__.split("\n====")[2].splitlines()[1:]
    checked = []
    for kind in ("Uid", "Sun", "Qr", "Emergency", "Number", "Scan"):
        before, _, examples = next(row for row in rows if f"``{kind}``" in row).partition(f"``{kind}``")
        for example in re.findall("``([^…`]+)``", examples):
            assert type(credential.parse(example)).__name__ == kind, before
            checked.append(kind)
    assert checked == ["Uid", "Emergency", "Number", "Scan", "Scan", "Scan"]


def test_a_phones_code_is_known_in_any_case_and_with_its_prefix(qr_text):
    for text in (qr_text, qr_text.lower(), f"qr:{qr_text}", f"QR: {qr_text}\n"):
        found = credential.parse(text)
        assert isinstance(found, credential.Qr)
        assert found.text == f"qr:{qr_text}"
        assert found.code.certificate.card == 4711


@given(UIDS.filter(lambda text: text.strip("0") and text.strip("F")))
def test_a_scan_in_any_printed_form_holds_its_uid(canonical):
    forms = uids.forms(canonical)
    for form in (uids.HEX_BE, uids.HEX_LE):
        assert canonical in credential.parse(forms[form]).uids
    assert credential.parse(f"uid:{canonical}").uid == canonical


def test_a_scan_is_a_number_as_well():
    found = credential.parse("3283263748")
    assert found.uids[0] == "04A1B2C3"
    assert found.number == "3283263748"
    assert credential.parse("K000123").uids == ()


@pytest.mark.parametrize(
    "text",
    [
        None, 5, b"uid:04A1B2C3", "", "   ", "uid:", "uid:04A1B2", "uid:zz", "sun:", "sun:nothing", "qr:", "qr:CC1.AAAA",
        "CC1.", "emergency:12345678", "emergency:2025001#123", "number:", "number:" + "9" * 65, "x" * 65,
        "a\0b", "a\nb", "number:\ud800", "uid:" + "0" * 1021, "x" * 1025, "https://example.org/" + "y" * 60,
    ],
)  # fmt: skip
def test_noise_is_malformed(text):
    assert code_of(text) == "credential_malformed"


noise = st.text(max_size=1100) | st.builds(
    "{}{}".format,
    st.sampled_from(["uid:", "sun:", "qr:", "emergency:", "number:", "CC1.", "https://x?", ""]),
    st.text(max_size=60) | st.text("0123456789ABCDEFabcdef=&#?-: ", max_size=320),
)


@given(noise)
def test_any_text_gives_a_credential_or_one_code(text):
    try:
        found = credential.parse(text)
    except errors.CredentialError as error:
        assert error.code == "credential_malformed"
    else:
        assert len(found.text) <= credential.MAX_TEXT + len("emergency:")
        assert credential.parse(found.text) == found


@given(noise)
def test_a_masked_credential_shows_at_most_four_characters(text):
    shown = credential.mask(text).partition(":")[2]
    assert sum(letter != "*" for letter in shown) <= 4 or shown == f"({len(shown)})" or shown.startswith("(")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("uid:04A1B2C3", "uid:****B2C3"), ("04A1B2C3", "scan:****B2C3"), ("number:2025001", "number:***5001"),
        ("emergency:2025001#48152637", "emergency:(16)"), ("2025001#48152637", "scan:(16)"),
        (f"sun:{SUN}", f"sun:({len(SUN)})"), ("qr:CC1.AAAA", "qr:(8)"), ("x" * 2000, "scan:(2000)"),
        ("uid:\n1", "uid:(2)"), (None, "?"), ("", "scan:"),
    ],
)  # fmt: skip
def test_logs_get_a_mask(text, masked):
    assert credential.mask(text) == masked
