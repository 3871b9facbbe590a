"""An addon that names a model of ours in its code or screens depends on the addon that defines it, by name."""

import ast
import re
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
DEPENDS = {
    path.parent.name: set(ast.literal_eval(path.read_text(encoding="utf-8"))["depends"])
    for path in ADDONS.glob("*/__manifest__.py")
}
NAMED = re.compile(r"[\"'](campus\.[a-z_.]+)[\"']")
ELSEWHERE = {"tests", "i18n", "node_modules"}


def files(addon, *suffixes):
    found = (path for path in (ADDONS / addon).rglob("*") if path.suffix in suffixes)
    return [path for path in found if not ELSEWHERE & set(path.relative_to(ADDONS).parts)]


def defined(path):
    """Names of the models that a file defines, not those that it extends."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            values = {
                part.targets[0].id: ast.literal_eval(part.value)
                for part in node.body
                if isinstance(part, ast.Assign)
                and isinstance(part.targets[0], ast.Name)
                and part.targets[0].id in ("_name", "_inherit")
            }
            inherited = values.get("_inherit", [])
            if values.get("_name") and values["_name"] not in (
                [inherited] if isinstance(inherited, str) else inherited
            ):
                yield values["_name"]


OWNERS = {name: addon for addon in DEPENDS for path in files(addon, ".py") for name in defined(path)}


@pytest.mark.parametrize("addon", sorted(DEPENDS))
def test_an_addon_depends_on_the_models_that_it_names(addon):
    hidden = {
        f"{name} of {owner}: {path.relative_to(ADDONS)}"
        for path in files(addon, ".py", ".xml")
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
        if (owner := OWNERS.get(name)) and owner != addon and owner not in DEPENDS[addon]
    }
    assert hidden == set()


def test_the_models_are_found():
    assert OWNERS["campus.tap"] == "campus_terminal" and OWNERS["campus.card"] == "campus_card"
