"""One word per thing, as in the glossary of ARCHITECTURE.md: these names have one meaning each."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
FILES = [
    path
    for path in sorted(ADDONS.rglob("*.py"))
    if not {"tests", "node_modules", "__pycache__"} & set(path.relative_to(ADDONS).parts)
]
# Name of a class -> the only file that may define it.
HOMES = {
    "Key": "campus_terminal/campus_edge/protocols/keys.py",  # of a keyboard
    "Place": "campus_card/campus_core/alerts/types.py",
    "Entry": None,
    "Hold": None,
    "Holding": None,
    "Mark": None,
    "Order": None,
}
# Modules that may have another name where they are used: two packages have a module `types`, the codes and steps
# of OSDP are used on nearly every line, doors have verdicts, places and schedules beside those of taps, and some functions
# call one of the same name.
ALIASES = {
    ("types", "lt"),
    ("types", "ft"),
    ("places", "door_places"),
    ("schedule", "core"),
    ("osdp_codes", "codes"),
    ("osdp_steps", "steps"),
    ("credential", "credentials"),
    ("verify", "verify_journal"),
}


def classes(path):
    """Names of the classes and named tuples that a file defines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif (
            isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", 0), "id", 0) == "namedtuple"
        ):
            yield node.targets[0].id


def aliases(path):
    """Pairs of what a file imports from us and the name that it has there."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.level or "campus" in node.module):
            yield from ((one.name, one.asname) for one in node.names if one.asname)


@pytest.mark.parametrize("name", sorted(HOMES))
def test_a_word_names_one_thing(name):
    found = {path.relative_to(ADDONS).as_posix() for path in FILES if name in classes(path)}
    assert found == ({HOMES[name]} if HOMES[name] else set())


def test_what_is_imported_keeps_its_name():
    found = {pair for path in FILES for pair in aliases(path) if not pair[1].startswith("_")}
    assert found == ALIASES


def test_columns_that_hold_hashes_say_so():
    """A mark belongs to the list of cards; what proves a journal is a hash."""
    text = (ADDONS / "campus_terminal/seals.py").read_text(encoding="utf-8")
    assert " chain_hash " in text and " mark " not in text
