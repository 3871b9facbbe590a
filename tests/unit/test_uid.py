"""UIDs: every printed form leads back to the card, damage is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.credentials import uids

UIDS = st.sampled_from(uids.SIZES).flatmap(
    lambda size: st.binary(min_size=size, max_size=size).map(lambda raw: raw.hex().upper())
)
# 7- and 10-byte UIDs whose first or last byte is zero look like shorter decimals.
FULL_UIDS = UIDS.filter(lambda text: text[:2] != "00" and text[-2:] != "00" and text.strip("F"))


def code_of(value, form=uids.HEX_BE):
    with pytest.raises(errors.UidError) as caught:
        uids.normalise(value, form)
    return caught.value.code


def test_the_table_of_the_module_is_true():
    assert uids.forms("04A1B2C3") == {
        "hex_be": "04A1B2C3",
        "hex_le": "C3B2A104",
        "dec_be": "0077705923",
        "dec_le": "3283263748",
        "pair_be": "01185,45763",
        "pair_le": "50098,41220",
        "w26_be": "161,45763",
        "w26_le": "178,41220",
    }
    for form, text in uids.forms("04A1B2C3").items():
        assert text in uids.__doc__, form


def test_seven_bytes_have_no_wiegand_form():
    assert uids.forms("04A1B2C3D4E5F6") == {
        "hex_be": "04A1B2C3D4E5F6",
        "hex_le": "F6E5D4C3B2A104",
        "dec_be": "01303689068602870",
        "dec_le": "69495546249912580",
    }


@pytest.mark.parametrize(
    ("value", "form", "canonical"),
    [
        ("04a1b2c3", uids.HEX_BE, "04A1B2C3"),
        (" 04:A1:B2:C3 ", uids.HEX_BE, "04A1B2C3"),
        ("04-A1-B2-C3", uids.HEX_BE, "04A1B2C3"),
        ("04 A1 B2 C3", uids.HEX_BE, "04A1B2C3"),
        ("0x04A1B2C3", uids.HEX_BE, "04A1B2C3"),
        ("'04A1B2C3", uids.HEX_BE, "04A1B2C3"),
        ('="04A1B2C3"', uids.HEX_BE, "04A1B2C3"),
        ("０４Ａ１Ｂ２Ｃ３", uids.HEX_BE, "04A1B2C3"),
        ("C3B2A104", uids.HEX_LE, "04A1B2C3"),
        ("77705923", uids.DEC_BE, "04A1B2C3"),
        ("3283263748", uids.DEC_LE, "04A1B2C3"),
        ("３２８３２６３７４８", uids.DEC_LE, "04A1B2C3"),
        (3283263748, uids.DEC_LE, "04A1B2C3"),
        (3283263748.0, uids.DEC_LE, "04A1B2C3"),
        ("1185,45763", uids.PAIR_BE, "04A1B2C3"),
        ("50098，41220", uids.PAIR_LE, "04A1B2C3"),
        (12345678, uids.HEX_BE, "12345678"),
        ("23000E05", uids.HEX_BE, "23000E05"),
    ],
)
def test_a_form_is_read(value, form, canonical):
    assert uids.normalise(value, form) == canonical


@given(FULL_UIDS)
def test_every_whole_form_reads_back(canonical):
    printed = uids.forms(canonical)
    for form in uids.WHOLE_FORMS:
        if form in printed:
            assert uids.normalise(printed[form], form) == canonical


@given(FULL_UIDS)
def test_a_scan_of_any_printed_form_finds_the_card(canonical):
    for form, text in uids.forms(canonical).items():
        if form in uids.WHOLE_FORMS:
            assert canonical in uids.candidates(text), form
        else:
            assert any(part.fits(canonical) for part in uids.fragments(text)), form


@given(
    st.binary(min_size=4, max_size=4)
    .filter(lambda raw: set(raw) not in ({0x00}, {0xFF}))
    .map(lambda raw: raw.hex().upper())
)
def test_four_bytes_read_back_with_leading_zeros(canonical):
    for form, text in uids.forms(canonical).items():
        if form in uids.WHOLE_FORMS:
            assert uids.normalise(text, form) == canonical


def test_candidates_come_in_order_of_likelihood():
    assert uids.candidates("04:a1:b2:c3") == ["04A1B2C3", "C3B2A104"]
    assert uids.candidates("3283263748") == ["04A1B2C3", "C3B2A104"]
    assert uids.candidates("12345678") == ["12345678", "78563412", "4E61BC00", "00BC614E"]
    assert uids.candidates(";04A1B2C3?\r\n")[0] == "04A1B2C3"
    assert uids.candidates("UID: 04A1B2C3")[0] == "04A1B2C3"


@pytest.mark.parametrize("text", ["", "hello", "04A1B2", "2.3E+09", "X" * 200, "９" * 40])
def test_noise_gives_no_candidates(text):
    assert uids.candidates(text) == []


@given(st.text(max_size=70))
def test_no_scan_raises(text):
    for found in uids.candidates(text):
        assert uids.check(found) == found
    uids.fragments(text)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("2.3E+09", uids.HEX_BE),
        ("2.30E+09", uids.DEC_LE),
        ("2.3e+09", uids.HEX_BE),
        ("2E+09", uids.HEX_BE),
        ("2E09", uids.HEX_BE),
        ("23000E05", uids.DEC_LE),
        ("2.3E+09", uids.PAIR_BE),
        (2300000000.0, uids.HEX_BE),
        (12345600, uids.HEX_BE),
        (1234567, uids.HEX_BE),
        (1303689068602870, uids.DEC_BE),
    ],
)
def test_damage_by_a_spreadsheet_is_named(value, form):
    assert code_of(value, form) == errors.UID_SPREADSHEET_DAMAGE


@pytest.mark.parametrize(
    ("value", "form", "code"),
    [
        ("", uids.HEX_BE, errors.UID_EMPTY),
        ("  ", uids.DEC_LE, errors.UID_EMPTY),
        ("04A1B2", uids.HEX_BE, errors.UID_LENGTH),
        ("04A1B2C3D", uids.HEX_BE, errors.UID_LENGTH),
        ("04A1B2CG", uids.HEX_BE, errors.UID_MALFORMED),
        ("card", uids.DEC_LE, errors.UID_MALFORMED),
        ("-5", uids.DEC_LE, errors.UID_MALFORMED),
        (-5, uids.DEC_LE, errors.UID_MALFORMED),
        (1.5, uids.DEC_LE, errors.UID_MALFORMED),
        (float("nan"), uids.DEC_LE, errors.UID_MALFORMED),
        (True, uids.DEC_LE, errors.UID_MALFORMED),
        ("X" * 65, uids.HEX_BE, errors.UID_MALFORMED),
        ("9" * 26, uids.DEC_BE, errors.UID_OUT_OF_RANGE),
        ("66000,1", uids.PAIR_BE, errors.UID_OUT_OF_RANGE),
        ("161,45763", uids.PAIR_BE, errors.UID_LENGTH),
        ("12345", uids.PAIR_BE, errors.UID_MALFORMED),
    ],
)
def test_what_is_not_a_uid_is_refused_with_its_reason(value, form, code):
    assert code_of(value, form) == code


def test_a_form_that_misses_bytes_cannot_be_read():
    with pytest.raises(ValueError, match="w26_be"):
        uids.normalise("161,45763", uids.W26_BE)


def test_a_printed_wiegand_number_tells_three_bytes():
    assert uids.fragments("161,45763") == [
        uids.Fragment("C3B2A1", "start"),
        uids.Fragment("A1B2C3", "end"),
    ]
    assert uids.fragments("16145763") == uids.fragments("161,45763")
    assert uids.fragments("300,1") == []
    assert not uids.Fragment("A1B2C3", "end").fits("04A1B2C3D4A1B2C3")


@pytest.mark.parametrize(
    ("text", "masked"), [("04A1B2C3", "****B2C3"), ("B2C3", "****"), ("", ""), ("12345", "*2345")]
)
def test_logs_show_only_the_end(text, masked):
    assert uids.mask(text) == masked


@given(UIDS)
def test_reversing_twice_changes_nothing(canonical):
    assert uids.reverse(uids.reverse(canonical)) == canonical


def test_errors_do_not_spell_out_the_uid():
    with pytest.raises(errors.UidError) as caught:
        uids.normalise("04A1B2CG")
    assert "04A1" not in str(caught.value)


@pytest.mark.parametrize("byte", ["00", "FF"])
@pytest.mark.parametrize("size", uids.SIZES)
def test_all_zeros_and_all_ones_are_no_card(byte, size):
    forms = {form: text for form, text in uids.forms(byte * size).items() if form in uids.WHOLE_FORMS}
    assert forms
    for form, text in forms.items():
        assert code_of(text, form) == errors.UID_PLACEHOLDER
        assert uids.candidates(text) == [] or byte * size not in uids.candidates(text)


def test_a_number_that_changes_and_half_a_number_are_told():
    assert uids.is_random("08A1B2C3")
    assert uids.is_half("8804A1B2")
    for other in ("04A1B2C3", "08A1B2C3D4E5F6", "88A1B2C3D4E5F6"):
        assert not uids.is_random(other)
        assert not uids.is_half(other)
