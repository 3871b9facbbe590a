"""CONTRIBUTING.md and the way of a tap in ARCHITECTURE.md name files and functions that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_first_page_names_files_and_functions_that_are_there():
    rows = re.findall(r"^\| (.+\?) \| (.+) \| (.+) \|$", TEXT, re.M)
    assert len(rows) == 5
    for question, files, names in rows:
        paths = re.findall(r"`(addons/[\w./]+)`", files + names)
        texts = [(ROOT / path).read_text(encoding="utf-8") for path in paths]
        functions = re.findall(r"`(\w+)`", names)
        assert texts and functions, question
        for name in functions:
            defined = rf"(?:def|class|FUNCTION) {name}\b"
            assert any(re.search(defined, text) for text in texts), f"{name} is in none of {paths}"


def test_the_folders_that_it_names_are_there():
    named = set(re.findall(r"`((?:addons|tests|docs)/[\w/.]+)`", TEXT))
    assert named
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_the_way_of_a_tap_names_files_and_functions_that_are_there():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = text[text.index("| file | function | what it does |") :].split("\n\n")[0]
    rows = [line.split(" | ") for line in table.splitlines()[2:]]
    assert len(rows) > 15
    for files, names, *_what in rows:
        paths = [path.replace("edge/", "campus_terminal/campus_edge/", 1) if path.startswith("edge/") else path
                 for path in re.findall(r"`([\w/.]+)`", files)]  # fmt: skip
        found = [ROOT / "addons" / path for path in paths]
        assert found and all(path.exists() for path in found), files
        texts = [path.read_text(encoding="utf-8") for path in found if path.is_file()]
        texts += [part.read_text(encoding="utf-8") for path in found for part in path.glob("*.py")]
        for name in re.findall(r"`(\w+)`", names):
            assert any(re.search(rf"(?:def|class|FUNCTION) {name}\b", text) for text in texts), (files, name)
