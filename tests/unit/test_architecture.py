"""The rules of the architecture that a program can check: who imports whom, and how much."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ROOT / "addons"
CORE = ADDONS / "campus_card" / "campus_core"
EDGE = ADDONS / "campus_terminal" / "campus_edge"

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50

# Addon -> the addons of ours that it may import or depend on.
MAY_USE = {
    "campus_card": set(),
    "campus_import": {"campus_card"},
    "campus_terminal": {"campus_card"},
    "campus_portal": {"campus_card", "campus_terminal"},
    "campus_access": {"campus_card", "campus_terminal", "campus_portal", "campus_alert"},
    "campus_alert": {"campus_card", "campus_terminal", "campus_portal"},
    "campus_pos": {"campus_card"},
    "campus_reports": {"campus_card", "campus_terminal", "campus_pos", "campus_access"},
    "campus_iot": set(),
    "campus_topup": {"campus_card", "campus_terminal", "campus_portal"},
    "campus_timetable": {"campus_card", "campus_import", "campus_portal", "campus_access", "campus_alert"},
    "campus_demo": {
        "campus_card", "campus_import", "campus_terminal", "campus_portal", "campus_alert", "campus_pos",
        "campus_access", "campus_timetable", "campus_reports", "campus_topup",
    },
}  # fmt: skip

# The core takes time, randomness and data (as bytes, not as files) as arguments.
CORE_MAY_IMPORT = {
    "__future__",
    "abc",
    "base64",
    "binascii",
    "bisect",
    "codecs",
    "collections",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "hmac",
    "io",
    "itertools",
    "json",
    "math",
    "openpyxl",
    "operator",
    "re",
    "struct",
    "threading",
    "types",
    "typing",
    "unicodedata",
    "uuid",
    "xml",
    "zipfile",
    "zoneinfo",
}
# Cryptography is needed where signatures and chip messages are checked, nowhere else.
CORE_CRYPTOGRAPHY = {"phone_key.py", "signing.py", "sun.py"}
CLOCK = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid7"}
INPUT_OUTPUT = {"open", "print", "input", "exec", "eval"}


def python_files(folder):
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def project_files(*suffixes):
    folders = (ADDONS, ROOT / "tools", ROOT / "tests")
    found = (path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes)
    return sorted(
        path for path in found if not {"lib", "node_modules", "i18n"} & set(path.relative_to(ROOT).parts)
    )


def short(path):
    return path.relative_to(ROOT).as_posix()


def syntax_tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path):
    """Dotted names that a file imports; relative ones are written out below `addons`."""
    package = path.relative_to(ADDONS).parent.parts if path.is_relative_to(ADDONS) else ()
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1]
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def our_addon(name):
    """The addon of ours that a dotted import leads to, if it does."""
    return next((part for part in name.removeprefix("odoo.addons.").split(".")[:1] if part in MAY_USE), None)


@pytest.mark.parametrize("addon", sorted(MAY_USE))
def test_an_addon_imports_only_addons_below_it(addon):
    wrong = [
        f"{short(path)}: {name}"
        for path in python_files(ADDONS / addon)
        for name in imports(path)
        if our_addon(name) not in {None, addon} | MAY_USE[addon]
    ]
    assert not wrong


@pytest.mark.parametrize("addon", sorted(MAY_USE))
def test_an_addon_depends_only_on_addons_below_it(addon):
    manifest = ADDONS / addon / "__manifest__.py"
    depends = ast.literal_eval(manifest.read_text(encoding="utf-8"))["depends"] if manifest.exists() else []
    assert {name for name in depends if name in MAY_USE} <= MAY_USE[addon]


def test_browser_code_imports_only_addons_below_its_own():
    wrong = []
    for path in project_files(".js"):
        addon = path.relative_to(ROOT).parts[1]
        for name in re.findall(r"from\s+[\"']@(\w+)/", path.read_text(encoding="utf-8")):
            if name in MAY_USE and name not in {addon} | MAY_USE.get(addon, set()):
                wrong.append(f"{short(path)}: @{name}")
    assert not wrong


def test_the_core_is_pure():
    wrong = []
    for path in python_files(CORE):
        allowed = CORE_MAY_IMPORT | ({"cryptography"} if path.name in CORE_CRYPTOGRAPHY else set())
        for name in imports(path):
            if not name.startswith("campus_card.campus_core") and name.split(".")[0] not in allowed:
                wrong.append(f"{short(path)} imports {name}")
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.Call):
                method, function = getattr(node.func, "attr", None), getattr(node.func, "id", None)
                if method in CLOCK or function in INPUT_OUTPUT | CLOCK:
                    wrong.append(f"{short(path)}:{node.lineno} calls {method or function}()")
    assert not wrong


def test_the_core_is_there_to_be_checked():
    assert len(python_files(CORE)) > 5


def test_the_edge_knows_nothing_of_odoo():
    wrong = [
        f"{short(path)} imports {name}"
        for path in python_files(EDGE)
        for name in imports(path)
        if name.split(".")[0] == "odoo" or name.startswith(("campus_card.models", "campus_card.controllers"))
    ]
    assert not wrong


def test_the_addon_in_the_database_knows_nothing_of_the_iot_service():
    wrong = [
        f"{short(path)} imports {name}"
        for path in python_files(ADDONS)
        for name in imports(path)
        if "iot_handlers" in name or name.startswith("odoo.addons.iot_drivers")
        if not {"iot_handlers", "campus_iot"} & set(path.relative_to(ADDONS).parts)
    ]
    assert not wrong


def test_imports_go_from_controllers_over_models_to_the_core():
    wrong = []
    for addon in MAY_USE:
        for layer, above in (("models", ("controllers", "wizard")), ("wizard", ("controllers",))):
            for path in python_files(ADDONS / addon / layer):
                wrong += [
                    f"{short(path)}: {name}"
                    for name in imports(path)
                    if name.removeprefix("odoo.addons.").startswith(tuple(f"{addon}.{up}" for up in above))
                ]
    assert not wrong


def test_what_models_use_knows_no_model():
    """``db`` and ``ledger`` are handed what they need, so that a reader follows them in one direction."""
    wrong = [
        f"{short(path)}: {name}"
        for room, below in (("db", ("db", "campus_core")), ("ledger", ("ledger", "db", "campus_core")))
        for path in python_files(ADDONS / "campus_card" / room)
        for name in imports(path)
        if our_addon(name) and name.removeprefix("odoo.addons.").split(".")[1] not in below
    ]
    assert not wrong


def test_sentences_are_translated_by_the_environment():
    old = {"odoo._", "odoo.tools.translate._", "odoo.tools._"}
    wrong = [short(path) for path in python_files(ADDONS) if old & set(imports(path))]
    assert not wrong


def test_nothing_outside_odoo_imports_an_addon():
    scripts = ROOT / "tools" / "odoo_scripts"
    wrong = [
        f"{short(path)} imports {name}"
        for folder in (ROOT / "tests" / "unit", ROOT / "tools", CORE)
        for path in python_files(folder)
        if not path.is_relative_to(scripts)
        for name in imports(path)
        if name.split(".")[0] == "odoo" or (our_addon(name) and not path.is_relative_to(ADDONS))
    ]
    assert not wrong


def test_the_command_line_needs_nothing_but_python():
    files = [*python_files(ROOT / "tools" / "campus_cli"), ROOT / "campus"]
    allowed = sys.stdlib_module_names | {"campus_cli"}
    wrong = []
    for path in files:
        for node in ast.walk(syntax_tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            wrong += [f"{short(path)}: {name}" for name in names if name.split(".")[0] not in allowed]
    assert not wrong


def test_no_file_is_longer_than_the_budget():
    long = {}
    for path in project_files(".py", ".js", ".xml", ".scss", ".css"):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > FILE_LINES_MAX:
            long[short(path)] = lines
    assert not long


def test_no_function_is_longer_than_the_budget():
    long = {}
    for path in project_files(".py"):
        for node in ast.walk(syntax_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long[f"{short(path)}:{node.lineno} {node.name}"] = lines
    assert not long


def test_no_function_is_too_complex():
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "C901",
        "--no-cache",
        "addons",
        "tools",
        "tests",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_licence_is_stated():
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    for manifest in ADDONS.glob("*/__manifest__.py"):
        assert ast.literal_eval(manifest.read_text(encoding="utf-8"))["license"] == "LGPL-3", manifest


def test_the_picture_of_the_architecture_shows_what_addons_depend_on():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"^    (campus_\w+) --> (campus_\w+)$", text, re.M))
    stated = set()
    for manifest in ADDONS.glob("*/__manifest__.py"):
        depends = ast.literal_eval(manifest.read_text(encoding="utf-8"))["depends"]
        stated |= {(manifest.parent.name, name) for name in depends if name.startswith("campus_")}
    assert shown == stated
