"""No addon names a model or a record of an addon that it does not need: it must work without."""

import ast
import re

from test_architecture import ADDONS, MAY_USE, python_files, short, syntax_tree

RECORD = re.compile(r"[\"'%(]((?:campus_\w+))\.\w+")


def texts(path):
    return [
        node.value
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def below(addon):
    """The addon, those that it needs, and what those need."""
    return {addon}.union(*map(below, MAY_USE[addon]))


def models_made():
    """Model -> the first addon that makes it; one above may state its name again beside what it inherits."""
    made = {}
    for addon in MAY_USE:
        for path in python_files(ADDONS / addon):
            for name in re.findall(r'^    _name = "([\w.]+)"', path.read_text("utf-8"), re.M):
                made.setdefault(name, addon)
    return made


def test_an_addon_names_only_models_of_addons_below_it():
    made = models_made()
    wrong = [
        f"{short(path)}: {text}"
        for addon in MAY_USE
        for path in python_files(ADDONS / addon)
        for text in texts(path)
        if made.get(text, addon) not in below(addon)
    ]
    assert not wrong


def test_an_addon_names_only_records_of_addons_below_it():
    wrong = [
        f"{short(path)}: {found}"
        for addon in MAY_USE
        for suffix in ("py", "xml", "csv", "toml")
        for path in sorted((ADDONS / addon).rglob(f"*.{suffix}"))
        for found in RECORD.findall(path.read_text("utf-8"))
        if found in MAY_USE and found not in below(addon)
    ]
    assert not wrong


def test_there_are_models_to_be_checked():
    assert models_made()["campus.import"] == "campus_import"
