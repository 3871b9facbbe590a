"""Public classes and methods of models say what they are for, except where Odoo says it: what overrides a method of its."""

import ast
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
ODOO_S = {"create", "write", "unlink", "init", "copy_data", "export_data"}


def silent(path):
    """Public classes and methods of a file that have no docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = (part for part in node.body if isinstance(part, ast.FunctionDef))
            said = [
                node,
                *(one for one in methods if not one.name.startswith("_") and one.name not in ODOO_S),
            ]
            yield from (
                f"{path.relative_to(ADDONS)}: {one.name}" for one in said if not ast.get_docstring(one)
            )


def test_models_say_what_they_are_for():
    files = sorted(ADDONS.glob("*/models/*.py"))
    assert len(files) > 100
    assert [name for path in files for name in silent(path)] == []
