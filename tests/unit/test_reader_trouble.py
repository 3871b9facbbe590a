"""A reader's trouble in words: every driver's message has a code, and every code words in both languages."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.devices import reader_trouble
from campus_edge.readers import trouble_words

ROOT = Path(__file__).resolve().parents[2]
EDGE = ROOT / "addons" / "campus_terminal" / "campus_edge" / "edge.py"
TERMINAL = ROOT / "addons" / "campus_terminal" / "models" / "campus_terminal.py"


@pytest.mark.parametrize(
    ("detail", "code"),
    [
        ("SerialException: [Errno 2] could not open port /dev/ttyUSB0: [Errno 2] No such file", reader_trouble.NOT_THERE),
        ("SerialException: device reports readiness to read but returned no data (device disconnected?)", reader_trouble.NOT_THERE),
        ("OSError: [Errno 5] Input/output error", reader_trouble.NOT_THERE),
        ("the reader was unplugged", reader_trouble.NOT_THERE),
        ("no keyboard 'name:x'; is this user in the group 'input'?", reader_trouble.NOT_THERE),
        ("no reader named like 'acr'", reader_trouble.NOT_THERE),
        ("SerialException: [Errno 13] could not open port /dev/ttyS0: Permission denied", reader_trouble.NO_RIGHT),
        ("no permission; is this user in the group 'input'?", reader_trouble.NO_RIGHT),
        ("SerialException: [Errno 11] Could not exclusively lock port /dev/ttyS0", reader_trouble.IN_USE),
        ("another program has grabbed the reader", reader_trouble.IN_USE),
        ("SerialException: Could not open port socket://10.0.0.9:4001: [Errno 111] Connection refused", reader_trouble.NO_CONNECTION),
        ("SerialException: Could not open port socket://reader:4001: [Errno -2] Name or service not known", reader_trouble.NO_CONNECTION),
        ("the line was closed at its other end", reader_trouble.NO_CONNECTION),
        ("no answer", reader_trouble.NO_ANSWER),
        ("write timeout", reader_trouble.NO_ANSWER),
        ("always busy", reader_trouble.NO_ANSWER),
        ("secure channel refused: secure channel not supported", reader_trouble.KEY_REFUSED),
        ("secure channel broken", reader_trouble.KEY_REFUSED),
        ("this is not a PN532", reader_trouble.OTHER_DEVICE),
        ("unexpected reply 53", reader_trouble.OTHER_DEVICE),
        ("no PC/SC service: Service not available.", reader_trouble.NO_SERVICE),
        ("pyscard is missing: pip install 'campus-card[pcsc]'", reader_trouble.NOT_INSTALLED),
        ("the journal cannot be written", reader_trouble.JOURNAL),
        ("ZeroDivisionError: division by zero", reader_trouble.OTHER),
        ("", reader_trouble.OTHER),
        ("keypad: the reader was unplugged", reader_trouble.NOT_THERE),
    ],
)  # fmt: skip
def test_what_drivers_say_is_understood(detail, code):
    assert reader_trouble.code_of(detail) == code


@given(st.text(max_size=200))
def test_whatever_a_driver_says_has_words(detail):
    assert trouble_words.READERS[reader_trouble.code_of(detail)]


def test_every_sentence_is_there_in_both_languages():
    assert trouble_words.READERS.keys() == reader_trouble.CODES
    english = {*trouble_words.READERS.values(), *trouble_words.PROBLEMS.values()}
    assert trouble_words.CHINESE.keys() == english | {trouble_words.OTHER_PROBLEM, trouble_words.KEYPAD}


def test_every_problem_that_an_edge_names_has_words():
    tree = ast.parse(EDGE.read_text(encoding="utf-8"))
    (function,) = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "_problems")
    named = next(n.value for n in function.body if isinstance(n, ast.Assign))
    names = {pair.elts[0].value for pair in named.elts}
    texts = [
        n
        for n in ast.walk(function)
        if isinstance(n, ast.JoinedStr) and isinstance(n.values[0], ast.Constant)
    ]
    names |= {text.values[0].value.partition(":")[0] for text in texts}
    assert names == set(trouble_words.PROBLEMS)


def test_the_server_s_pages_say_the_same():
    tree = ast.parse(TERMINAL.read_text(encoding="utf-8"))
    said = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(trouble_words.READERS.values()) <= said
