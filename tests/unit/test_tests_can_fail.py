"""Tests that could not fail: without an assertion, with one that always holds, or with all of them in a loop that may have no turn."""

import ast
import itertools
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "tests", *sorted((ROOT / "addons").glob("*/tests")))
#: Calls that fail by themselves: pytest's, unittest's, Playwright's, Odoo's tours.
ASKING = {"expect", "raises", "fail", "start_tour", "browser_js", "wait_for_selector", "wait_for_url"}
#: Calls with as many turns as their arguments have.
AS_LONG_AS = {
    "enumerate",
    "zip",
    "sorted",
    "list",
    "tuple",
    "set",
    "reversed",
    "items",
    "values",
    "keys",
    "product",
}


def parsed(pattern):
    found = (path for folder in FOLDERS for path in folder.rglob(pattern))
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(found)}


def functions_of(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def called(node):
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def asserts(node, helpers=frozenset()):
    """Whether something in ``node`` can fail: an assertion, or a call of a helper that has one."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert | ast.Raise):
            return True
        if isinstance(inner, ast.Call):
            name = called(inner)
            if name.startswith("assert") or name in ASKING or name in helpers:
                return True
    return False


def helpers_of(trees):
    """Names of functions beside the tests that assert, by themselves or by others of them."""
    functions = [f for tree in trees for f in functions_of(tree) if not f.name.startswith("test_")]
    names, size = frozenset(), -1
    while len(names) > size:
        size = len(names)
        names = frozenset(f.name for f in functions if asserts(f, names))
    return names


def always_holds(test):
    if isinstance(test, ast.Constant | ast.Tuple | ast.JoinedStr):
        return not (isinstance(test, ast.Constant) and not test.value)
    return (
        isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or) and any(map(always_holds, test.values))
    )


def has_turns(node, local):
    """Whether a loop over ``node`` surely has a turn: what is written out, or a constant."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict):
        return bool(getattr(node, "elts", None) or getattr(node, "keys", None))
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.Name):
        return node.id.isupper() or node.id in local
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    if isinstance(node, ast.BinOp):
        return has_turns(node.left, local) or has_turns(node.right, local)
    if not isinstance(node, ast.Call):
        return False
    name = called(node)
    if name == "range":
        return all(
            isinstance(a, ast.Constant) or has_turns(a, local) or isinstance(a, ast.BinOp) for a in node.args
        )
    within = [node.func.value] if isinstance(node.func, ast.Attribute) else node.args
    # what is as long as something that has turns has them too
    return name in AS_LONG_AS and any(has_turns(part, local) for part in within)


def written_out(function):
    """Local names that a test gives something with turns."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and has_turns(node.value, names):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def surely_asserts(body, helpers, local):
    for statement in body:
        if isinstance(statement, ast.For):
            found = has_turns(statement.iter, local) and surely_asserts(statement.body, helpers, local)
        elif isinstance(statement, ast.If):
            found = all(surely_asserts(part, helpers, local) for part in (statement.body, statement.orelse))
        elif isinstance(statement, ast.With):
            items = any(asserts(item.context_expr, helpers) for item in statement.items)
            found = items or surely_asserts(statement.body, helpers, local)
        elif isinstance(statement, ast.Try):
            found = surely_asserts([*statement.body, *statement.finalbody], helpers, local)
        elif isinstance(statement, ast.FunctionDef | ast.While):
            found = isinstance(statement, ast.While) and asserts(statement.test, helpers)
        else:
            found = asserts(statement, helpers)
        if found:
            return True
    return False


def is_drawn(function):
    """Hypothesis draws many examples, of which some have no turn."""
    return any(isinstance(d, ast.Call) and called(d) == "given" for d in function.decorator_list)


@pytest.fixture(scope="module")
def tests():
    """``[(where, function), ...]`` of all tests, and the names of helpers that assert."""
    everything = parsed("*.py")
    found = [
        (f"{path.relative_to(ROOT)}:{function.lineno} {function.name}", function)
        for path, tree in everything.items()
        if path.name.startswith("test_")
        for function in functions_of(tree)
        if function.name.startswith("test_")
    ]
    assert len(found) > 1000
    return found, helpers_of(everything.values())


def test_every_test_asserts_something(tests):
    found, helpers = tests
    assert [where for where, function in found if not asserts(function, helpers)] == []


def test_no_assertion_holds_by_itself(tests):
    found, _helpers = tests
    wrong = [
        f"{where}: {ast.unparse(node)}"
        for where, function in found
        for node in ast.walk(function)
        if isinstance(node, ast.Assert) and always_holds(node.test)
    ]
    assert wrong == []


def test_not_all_assertions_are_in_a_loop_that_may_have_no_turn(tests):
    found, helpers = tests
    wrong = [
        where
        for where, function in found
        if asserts(function, helpers)
        and not is_drawn(function)
        and not surely_asserts(function.body, helpers, written_out(function))
    ]
    assert wrong == []


BAD = """
def test_1():
    f()
def test_2():
    for x in found(): assert x
def test_3():
    assert x or True
def test_4():
    if a: assert b
"""
GOOD = """
def test_1():
    for x in (1, 2): assert x
def test_2():
    with pytest.raises(E): f()
def test_3():
    assert found
    for x in found: assert x
def test_4():
    if a: assert b
    else: assert c
"""


def test_the_rule_knows_bad_from_good():
    bad, good = list(functions_of(ast.parse(BAD))), list(functions_of(ast.parse(GOOD)))
    assert [asserts(f) for f in bad] == [False, True, True, True]
    assert [surely_asserts(f.body, (), set()) for f in bad] == [False, False, True, False]
    assert [any(always_holds(n.test) for n in ast.walk(f) if isinstance(n, ast.Assert)) for f in bad] == [
        False, False, True, False,
    ]  # fmt: skip
    assert all(surely_asserts(f.body, (), set()) for f in good)
    assert not any(
        always_holds(n.test)
        for f in good
        for n in itertools.islice(ast.walk(f), 99)
        if isinstance(n, ast.Assert)
    )
