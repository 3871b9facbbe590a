"""Scripts for Odoo's shell import what is there: nothing else runs those of the benches."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((ROOT / "tools" / "odoo_scripts").glob("*.py"))


def imported(script):
    """Dotted names that a script takes from our addons or from the pure packages."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_there(name):
    """Whether the module is a file of ours, or holds the name."""
    parts = name.removeprefix("odoo.").split(".")
    whole, holder = ROOT.joinpath(*parts), ROOT.joinpath(*parts[:-1])
    if whole.is_dir() or whole.with_suffix(".py").exists():
        return True
    source = holder.with_suffix(".py") if holder.with_suffix(".py").exists() else holder / "__init__.py"
    return source.exists() and parts[-1] in source.read_text(encoding="utf-8")


def test_what_scripts_import_from_the_addons_is_there():
    names = {
        name for script in SCRIPTS for name in imported(script) if name.startswith("odoo.addons.campus_")
    }
    assert names
    assert {name for name in names if not is_there(name)} == set()


def test_scripts_reach_the_rules_as_odoo_does():
    pure = ("campus_core", "campus_edge")
    wrong = {(script.name, name) for script in SCRIPTS for name in imported(script) if name.startswith(pure)}
    assert wrong == set()
