"""A profile guessed for an unknown file is close enough to be corrected by hand."""

from dataclasses import replace

from vendor_profiles import DATA, VENDOR_A, VENDOR_B

from campus_core.card_file import reading as card_file
from campus_core.card_file.decode import decode
from campus_core.card_file.guess import guess


def guessed(name):
    table = decode((DATA / name).read_bytes())
    return table, guess(table, "guessed")


def meaning(profile):
    return {
        (column.header, column.target, column.form, column.detail)
        for column in profile.columns
        if column.target != "ignore"
    }


def test_the_columns_of_the_sample_files_are_guessed():
    for name, profile in (("vendor_a_cards.csv", VENDOR_A), ("vendor_b_cards.xlsx", VENDOR_B)):
        assert meaning(guessed(name)[1]) == meaning(profile)


def test_a_guessed_profile_reads_its_file():
    table, profile = guessed("vendor_a_cards.csv")
    assert profile.status_words == VENDOR_A.status_words
    reading = card_file.read(table, profile)
    assert not reading.fatal
    assert not reading.problems
    table, profile = guessed("vendor_b_cards.xlsx")
    assert profile.remark_words == VENDOR_B.remark_words
    assert not card_file.read(table, profile).problems


def test_what_is_not_known_is_ignored():
    table = decode("姓名,鞋码,身份,学号,余额,补贴余额,余额2\n张三,42,校友,1,1.00,2.00,3.00\n".encode())
    profile = guess(table, "x")
    assert [(c.header, c.target, c.detail) for c in profile.columns] == [
        ("姓名", "name", ""),
        ("鞋码", "ignore", ""),
        ("身份", "role", ""),
        ("学号", "number", ""),
        ("余额", "amount", "cash"),
        ("补贴余额", "amount", "subsidy"),
        ("余额2", "ignore", ""),
    ]
    assert profile.role_words == {}
    assert replace(profile, source="y").source == "y"


def test_uids_tell_their_form_by_their_cells():
    for cell, form in (
        ("04A1B2C3", "hex_be"),
        ("3283263748", "dec_le"),
        ('"50098,41220"', "pair_le"),
    ):
        table = decode(f"学号,姓名,uid\n1,x,{cell}\n".encode())
        assert guess(table, "x").columns[2].form == form
