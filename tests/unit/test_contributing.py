"""CONTRIBUTING.md names files and functions that are there."""

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
    for path in re.findall(r"`((?:addons|tests|docs)/[\w/.]+)`", TEXT):
        assert (ROOT / path).exists(), path
