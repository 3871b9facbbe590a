"""NTAG 424 DNA: NXP's published figures, forged messages, rising counters."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from campus_core import errors
from campus_core.credentials import sun

FACTORY = sun.SunKeys(version=0, meta=bytes(16), master=bytes(16), diversified=False)
UID = "04DE5F1EACC040"
uids = st.binary(min_size=7, max_size=7).map(lambda raw: raw.hex().upper())
keys = st.binary(min_size=16, max_size=16)
counters = st.integers(0, sun.COUNTER_MAX)


def chip(versions, uid, counter, enc=""):
    """What a card personalised with ``versions`` shows at a tap."""
    file_key = sun.card_key(versions.master, uid, versions.version)
    text = f"uid={uid}&ctr={counter:06X}&"
    covered = f"enc={enc}&cmac=" if enc else "cmac="
    mac_text = covered.partition("enc=")[2] if enc else ""
    mac = sun.truncated(sun.cmac(sun.session_key(file_key, uid, counter), mac_text.encode()))
    return f"{text}{covered}{mac.hex().upper()}"


def code_of(function, *args):
    with pytest.raises(errors.CredentialError) as caught:
        function(*args)
    return caught.value.code


def test_cmac_is_the_standards(vectors):
    cases = vectors("sun_an12196")["cmac"]
    assert cases
    for case in cases:
        mac = sun.cmac(bytes.fromhex(case["key"]), bytes.fromhex(case["message"]))
        assert mac.hex().upper() == case["mac"]


def test_keys_are_diversified_as_nxp_does(vectors):
    cases = vectors("sun_an12196")["diversify"]
    assert cases
    for case in cases:
        key = sun.diversify(bytes.fromhex(case["master"]), bytes.fromhex(case["data"]))
        assert key.hex().upper() == case["key"]


def test_session_keys_are_nxps(vectors):
    labels = {"mac": sun._SV_MAC, "enc": sun._SV_ENC}
    seen = set()
    for case in vectors("sun_an12196")["session_keys"]:
        for kind in labels.keys() & case.keys():
            key = sun.session_key(bytes.fromhex(case["file_key"]), case["uid"], case["counter"], labels[kind])
            assert key.hex().upper() == case[kind]
            seen.add(kind)
    assert seen == {"mac", "enc"}


@pytest.mark.parametrize("index", range(3))
def test_nxps_messages_are_believed(vectors, index):
    case = vectors("sun_an12196")["messages"][index]
    tap = sun.verify(sun.parse(case["text"]), [FACTORY])
    assert (tap.uid, tap.counter) == (case["uid"], case["counter"])
    assert tap.file_data.hex().upper() == case["file_data"]


@pytest.mark.parametrize("index", [0, 2])
def test_a_scanner_may_change_the_case_where_the_cmac_covers_no_text(vectors, index):
    case = vectors("sun_an12196")["messages"][index]
    assert sun.verify(sun.parse(case["text"].lower()), [FACTORY]).uid == case["uid"]


@pytest.mark.parametrize("index", range(3))
def test_any_changed_digit_is_refused(vectors, index):
    address, _, query = vectors("sun_an12196")["messages"][index]["text"].partition("?")
    digits = [(place, digit) for place, digit in enumerate(query) if digit in "0123456789ABCDEF"]
    assert len(digits) > 32
    for place, digit in digits:
        changed = query[:place] + f"{int(digit, 16) ^ 1:X}" + query[place + 1 :]
        assert code_of(sun.verify, sun.parse(f"{address}?{changed}"), [FACTORY]) == "sun_forged"


@given(keys, keys, uids, counters)
def test_a_card_of_either_key_version_is_believed(meta, master, uid, counter):
    old, new = sun.SunKeys(1, meta, master), sun.SunKeys(2, meta, master)
    assert sun.verify(sun.parse(chip(old, uid, counter)), [new, old]) == sun.SunTap(uid, counter, 1)
    assert sun.verify(sun.parse(chip(new, uid, counter)), [new, old]).key_version == 2
    assert code_of(sun.verify, sun.parse(chip(old, uid, counter)), [new]) == "sun_forged"


@given(keys, uids, counters, st.binary(min_size=16, max_size=16))
def test_file_data_is_under_the_cmac(master, uid, counter, enc):
    keys = sun.SunKeys(1, bytes(16), master)
    text = chip(keys, uid, counter, enc.hex().upper())
    assert len(sun.verify(sun.parse(text), [keys]).file_data) == 16
    other = bytes([enc[0] ^ 1]) + enc[1:]
    forged = text.replace(f"enc={enc.hex().upper()}", f"enc={other.hex().upper()}")
    assert code_of(sun.verify, sun.parse(forged), [keys]) == "sun_forged"


@given(keys, uids, uids)
def test_each_card_has_its_own_key(master, one, other):
    assert (sun.card_key(master, one, 1) == sun.card_key(master, other, 1)) is (one == other)


@pytest.mark.parametrize("tag", [0x00, 0x87, 0x47, 0xC4, 0xC6])
def test_picc_data_without_both_uid_and_counter_is_none(tag):
    encryptor = Cipher(algorithms.AES(bytes(16)), modes.CBC(bytes(16))).encryptor()
    good = bytes.fromhex("C704DE5F1EACC0403D0000DA5CF60941")
    assert sun.decrypt_picc(bytes(16), encryptor.update(good)) == (UID, 61)
    encryptor = Cipher(algorithms.AES(bytes(16)), modes.CBC(bytes(16))).encryptor()
    assert sun.decrypt_picc(bytes(16), encryptor.update(bytes([tag]) + good[1:])) is None


def test_without_keys_nothing_is_believed():
    assert (
        code_of(sun.verify, sun.parse(chip(sun.SunKeys(1, bytes(16), bytes(16)), UID, 1)), []) == "sun_forged"
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "?", "cmac=94EED9EE65337086", "picc_data=EF96&cmac=94EED9EE65337086",
        "picc_data=EF963FF7828658A599F3041510671E88", "uid=04DE5F1EACC040&cmac=94EED9EE65337086",
        "uid=04DE5F1EACC040&ctr=00003D&cmac=94EED9EE6533708", "uid=04DE5F1EACC040&ctr=00003D&cmac=94EED9EE6533708G",
        "uid=04DE5F1EACC040&ctr=00003D&cmac=94EED9EE65337086&c=94EED9EE65337086",
        "picc_data=EF963FF7828658A599F3041510671E88&uid=04DE5F1EACC040&ctr=00003D&cmac=94EED9EE65337086",
        "uid=04DE5F1EACC040&ctr=00003D&enc=&cmac=94EED9EE65337086", "uid=%3004DE5F1EACC040&ctr=1&cmac=1",
    ],
)  # fmt: skip
def test_what_is_no_message_is_malformed(text):
    assert code_of(sun.parse, text) == "credential_malformed"


@given(st.text(max_size=200) | st.text("?&=ecuidtrmapn_0123456789ABCDEF", max_size=200))
def test_noise_raises_nothing_else(text):
    try:
        message = sun.parse(text)
    except errors.CredentialError as error:
        assert error.code == "credential_malformed"
    else:
        assert code_of(sun.verify, message, [FACTORY]) == "sun_forged"


@given(st.none() | counters, counters)
def test_the_counter_must_rise(stored, seen):
    refusal = sun.counter_refusal(stored, seen)
    assert (refusal is None) is (stored is None or seen > stored)
    assert refusal is None or refusal.code == "sun_replayed"


@given(st.lists(counters, max_size=30))
def test_a_message_is_taken_at_most_once_in_any_order(shown):
    stored, taken = None, []
    for counter in shown:
        if sun.counter_refusal(stored, counter) is None:
            stored = counter
            taken.append(counter)
    assert taken == sorted(set(taken))


def test_keys_of_another_length_are_programming_errors():
    with pytest.raises(ValueError, match="16 to 31"):
        sun.diversify(bytes(16), bytes(15))
    with pytest.raises(ValueError, match="one byte"):
        sun.card_key(bytes(16), UID, 256)
