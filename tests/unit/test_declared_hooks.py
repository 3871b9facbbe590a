"""An addon calls only methods that it or an addon below it has: what others may add is a hook with a default."""

import ast
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
# These stand for themselves: tests, and packages that know no addon.
APART = {"tests", "campus_core", "campus_edge", "iot_handlers", "generator"}
# Methods of named tuples, which our own classes have by accident.
OF_PYTHON = {"_make", "_replace", "_asdict"}


def above(addon, depends):
    """The addon with all that it depends on."""
    found, waiting = {addon}, [addon]
    while waiting:
        fresh = depends.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def test_no_addon_calls_what_only_an_addon_above_it_defines():
    depends = {
        manifest.parent.name: set(ast.literal_eval(manifest.read_text(encoding="utf-8"))["depends"])
        for manifest in ADDONS.glob("*/__manifest__.py")
    }
    homes, calls = {}, []
    for path in sorted(ADDONS.rglob("*.py")):
        addon, *folders = path.relative_to(ADDONS).parts
        if APART & set(folders):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                homes.setdefault(node.name, set()).add(addon)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                calls.append((addon, f"{path.relative_to(ADDONS)}:{node.lineno}", node.func.attr))
    ours = [call for call in calls if call[2].startswith("_") and call[2] in homes.keys() - OF_PYTHON]
    assert len(ours) > 500
    wrong = [
        f"{place} calls {name} of {sorted(homes[name])}"
        for addon, place, name in ours
        if not homes[name] & above(addon, depends)
    ]
    assert not wrong


def test_product_code_does_not_ask_whether_a_test_runs():
    """``own_cursor.may_commit`` is asked instead, which the tests answer."""
    wrong = [
        path.relative_to(ADDONS).as_posix()
        for path in ADDONS.rglob("*.py")
        if "tests" not in path.parts and "current_test" in path.read_text(encoding="utf-8")
    ]
    assert not wrong
