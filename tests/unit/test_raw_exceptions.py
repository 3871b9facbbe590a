"""An exception's text is for the log: what people read (screen, page, JSON, mail) is a sentence or a code.

The server's addons are searched for handlers that let the text out, and their scripts for what they show of
an error. The edge's programs keep such texts in their status; what its page and its JSON make of them is
tested in ``test_edge_lan_page`` and ``test_edge_lan_proxy``.
"""

import ast
import re
from pathlib import Path

import pytest

ADDONS = Path(__file__).resolve().parents[2] / "addons"
#: Programs beside the readers; their terminal output and logs are for technicians.
EDGE = {"campus_edge", "iot_handlers"}
#: Errors that carry a sentence in the language of whoever reads it.
SENTENCES = {"UserError", "ValidationError", "AccessError", "MissingError", "AccessDenied", "RedirectWarning"}
#: Calls that only write the log.
LOG = {"debug", "info", "warning", "error", "exception", "critical", "log"}
#: What an error is made of beside its code and its numbers.
PARTS = {"args", "strerror", "filename", "reason", "msg", "message", "pgerror", "diag", "orig", "problem"}
#: Texts that come out on purpose: ``file function: why``.
MEANT = {
    "campus_alert/models/campus_alert_delivery.py _deliver": "a field of the debug mode; screens say why in a sentence",
    "campus_alert/models/campus_alert_delivery_push.py _push": "goes into the same field",
    "campus_card/campus_core/access/wire.py site_from_wire": "read by the edge, for its log and its status",
    "campus_card/campus_core/access/wire.py lockdown_from_wire": "read by the edge, for its log and its status",
    "campus_card/campus_core/card_file/decode.py _read_csv": "only compared, to choose a code",
    "campus_card/campus_core/card_file/decode.py decode": "a Problem of ours: row, column and code",
    "campus_card/campus_core/card_file/rows.py read": "made into a Problem by its code",
    "campus_card/campus_core/timetable/plan_file.py read": "made into a Problem by its code",
    "campus_card/pepper.py load": "ends a start of the server; whoever starts it reads it",
    "campus_terminal/edge_app.py _respond": "made into an answer by its code",
}


def named(node):
    return getattr(node, "attr", None) or getattr(node, "id", "")


def caught(handler):
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {named(kind) for kind in kinds}


def is_guarded(node, parents, name):
    """Whether a condition asks first whether the error carries a sentence: ``isinstance(error, UserError)``."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.IfExp | ast.If):
            test = node.test
            if (
                isinstance(test, ast.Call)
                and named(test.func) == "isinstance"
                and named(test.args[0]) == name
            ):
                kinds = test.args[1].elts if isinstance(test.args[1], ast.Tuple) else [test.args[1]]
                return {named(kind) for kind in kinds} <= SENTENCES
    return False


def is_harmless(node, parents):
    """Whether this use of the error is a log line, the cause of another error, or its code and numbers."""
    above = parents[node]
    if isinstance(above, ast.Raise):
        return True
    if isinstance(above, ast.Attribute):
        return above.attr not in PARTS
    if isinstance(above, ast.Call) and named(above.func) in {"isinstance", "type"}:
        return not (isinstance(parents[above], ast.Attribute) and parents[above].attr == "__name__")
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.Call) and named(node.func) in LOG and named(node.func.value) == "_logger":
            return True
    return False


def let_out(tree):
    """``(function, line)`` of each place where the text of an error that was caught goes on."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or not handler.name or caught(handler) <= SENTENCES:
            continue
        for node in (n for part in handler.body for n in ast.walk(part)):
            if not isinstance(node, ast.Name) or node.id != handler.name:
                continue
            if is_harmless(node, parents) or is_guarded(node, parents, handler.name):
                continue
            function = handler
            while function in parents and not isinstance(function, ast.FunctionDef):
                function = parents[function]
            yield getattr(function, "name", "-"), node.lineno


def sources(pattern):
    for path in sorted(ADDONS.rglob(pattern)):
        parts = set(path.relative_to(ADDONS).parts)
        if not parts & {"tests", "node_modules", "lib", *EDGE}:
            yield path


def test_no_text_of_an_exception_goes_further_than_the_log():
    found = {}
    for path in sources("*.py"):
        for function, line in let_out(ast.parse(path.read_text(encoding="utf-8"))):
            found[f"{path.relative_to(ADDONS)} {function}"] = line
    assert {where: line for where, line in found.items() if where not in MEANT} == {}
    # what is mended does not stay in the list
    assert set(MEANT) <= set(found)


#: A traceback as text, and what the interpreter knows of the last error.
TRACEBACK = re.compile(r"\b(format_exc|format_exception|print_exc|print_exception|exc_info|last_exception)\b")


def test_no_traceback_is_made_into_text():
    found = [
        f"{path.relative_to(ADDONS)}: {line.strip()}"
        for path in sources("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if TRACEBACK.search(line) and "_logger" not in line
    ]
    assert found == []


#: What a script could show of an error; ``SaidError`` carries a sentence of the server.
SHOWN = re.compile(
    r"\b(error|err|e|reason|failure|exception)(\.data)?\.(message|stack|name|cause)\b|String\((error|err|e)\)|\$\{(error|err|e)\}"
)
SAID = {
    "campus_pos/static/src/app/card/sentence_of.js": "chooses what has a sentence",
    "campus_alert/static/src/portal/alerts_page.js": "SaidError: the server's sentence",
}


def test_no_script_shows_an_error_of_a_program():
    found = {
        str(path.relative_to(ADDONS)): line.strip()
        for path in sources("*.js")
        for line in path.read_text(encoding="utf-8").splitlines()
        if SHOWN.search(line)
    }
    assert {where: line for where, line in found.items() if where not in SAID} == {}
    assert set(SAID) == set(found)


@pytest.mark.parametrize(
    ("line", "is_out"),
    [
        ("x = str(error)", True),
        ('x = f"no: {error}"', True),
        ("x = error.args[0]", True),
        ("x = type(error).__name__", True),
        ('raise UserError(_("no: %s", error))', True),
        ("raise UserError(str(error)) from error", True),
        ("x = {'error': error}", True),
        ('_logger.warning("no: %s", error)', False),
        ('raise UserError("no") from error', False),
        ("x = error.code", False),
        ("x = str(error) if isinstance(error, UserError) else ''", False),
    ],
)
def test_the_search_knows_what_is_out(line, is_out):
    text = f"def f():\n    try:\n        g()\n    except (UserError, ValueError) as error:\n        {line}\n"
    assert bool(list(let_out(ast.parse(text)))) is is_out


def test_an_error_with_a_sentence_may_be_shown():
    text = "try:\n    g()\nexcept UserError as error:\n    x = str(error)\n"
    assert list(let_out(ast.parse(text))) == []
