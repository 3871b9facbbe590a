"""`./campus lint`: format, style, types, Odoo's conventions, XML, settings, translations, JavaScript."""

from __future__ import annotations

import argparse
import re
import subprocess
import time
import xml.etree.ElementTree
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .. import eslint, odoo_tree, paths, process, pure, settings, state, venv
from ..console import Steps
from . import i18n

SUDO_CHECK = paths.TOOLS / "check_sudo.py"
CONFIG_CHECK = paths.TOOLS / "check_config.py"
HELP = "check format, style, types, Odoo's conventions, XML and JavaScript"
CODE = ("addons", "tools", "tests", "campus")
TYPED = ("campus_core", "campus_edge")

PYLINT_OFF = (
    "missing-readme",  # OCA makes README.rst out of readme/; the manual is under docs/
    "method-required-super",  # append-only models refuse on purpose
    "no-raise-unlink",  # the same
    "prefer-env-translation",  # does not know `_ = self.env._`; test_architecture checks it
    "attribute-string-redundant",  # a label is written where it is a term of the glossary
)
# The check `consider-merging-classes-inherited` is on. Only these models may be extended in several files of one
# addon; who merges one takes it off this list.
TOO_LONG = "one file would have more than 300 lines"
SEVERAL_FILES = {
    ("campus_access", "campus.access.right"): TOO_LONG,
    ("campus_access", "campus.passage"): TOO_LONG,
    ("campus_access", "campus.portal"): TOO_LONG,
    ("campus_access", "campus.snapshot"): TOO_LONG,
    ("campus_alert", "campus.alert.rule"): TOO_LONG,
    ("campus_card", "base"): "addresses, exports and rights have nothing to do with each other",
    ("campus_card", "campus.account"): "the currency is guarded in all models by one file",
    ("campus_card", "campus.card"): TOO_LONG,
    ("campus_card", "campus.correction"): "joining wallets and undoing a settlement are two things",
    ("campus_card", "campus.wallet"): TOO_LONG,
    ("campus_card", "res.company"): TOO_LONG,
    ("campus_card", "res.partner"): TOO_LONG,
    ("campus_demo", "campus.demo"): TOO_LONG,
    ("campus_import", "campus.import"): TOO_LONG,
    ("campus_portal", "campus.portal"): TOO_LONG,
    ("campus_pos", "campus.till"): TOO_LONG,
    ("campus_reports", "campus.closing"): TOO_LONG,
    ("campus_terminal", "campus.edge"): TOO_LONG,
    ("campus_terminal", "campus.tap.review"): TOO_LONG,
    ("campus_topup", "payment.transaction"): TOO_LONG,
}
SPLIT = re.compile(r"""(addons/(\w+)/\S+?):\d+.*merging classes inherited to "([\w.]+)\"""")
# pylint-odoo is silent about everything when it does not know the version; these
# The faults in tests/lint/bad_addon show that it really runs.
BAD_ADDON = "tests/lint/bad_addon"
EXPECTED = ("manifest-version-format", "sql-injection", "invalid-commit", "translation-not-lazy")

# So many checks run at a time, after those of ruff, which are the first. The longest begins first.
BESIDE, RUFF = 2, 2

OCA_OFF = (
    "prefer-readme-rst",
    "xml-header-missing",
    "xml-header-wrong",
    "xml-field-numeric-without-eval",
    "weblate-component-too-long",
    "xml-xpath-translatable-item",  # the browser inherits templates before it translates
)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="format, and mend what ruff can mend")
    parser.add_argument("paths", nargs="*", help="only these files or folders (ruff only)")


def run(args: argparse.Namespace) -> int:
    steps = Steps(1 if args.paths else 2)
    with state.checkout_lock():
        with steps.step("Python environment") as step:
            venv.ensure(step)
        if not args.paths:
            with steps.step("Odoo") as step:
                tree = odoo_tree.ensure(venv.PYTHON, step)
    where = args.paths or [path for path in CODE if (paths.ROOT / path).exists()]
    checks: list[tuple[str, Callable[[], str]]] = [
        ("ruff format", lambda: _format(where, args.fix)),
        ("ruff check", lambda: _style(where, args.fix)),
    ]
    if not args.paths:
        checks += [
            ("oldest and newest Python", _pythons),
            ("mypy --strict", _types),
            ("pylint-odoo", _odoo),
            ("pylint-odoo is awake", _awake),
            ("sudo() with its reason", _sudo),
            ("Odoo data files", _data_files),
            ("translation files", _translation_files),
            ("translations", _translations),
            ("XML", _xml),
            ("settings of servers", lambda: _server_settings(tree.base)),
            ("JavaScript", lambda: eslint.check(tree.base, args.fix)),
        ]
    return _report(checks)


def _report(checks: list[tuple[str, Callable[[], str]]]) -> int:
    failures = 0
    # ruff's may mend the files that the others read
    for done in (map(_checked, checks[:RUFF]), _beside(checks[RUFF:])):
        for name, output, seconds in done:
            failures += bool(output)
            print(f"{'FAIL' if output else 'ok':4} {name} ({seconds:.1f} s)")
            if output:
                print(output.rstrip())
    print(f"{len(checks) - failures} checks passed, {failures} failed")
    return 1 if failures else 0


def _beside(checks: list[tuple[str, Callable[[], str]]]) -> Iterator[tuple[str, str, float]]:
    """Results in the order of the checks. It begins when the first is asked for."""
    with ThreadPoolExecutor(BESIDE) as pool:
        yield from pool.map(_checked, checks)


def _checked(named: tuple[str, Callable[[], str]]) -> tuple[str, str, float]:
    name, check = named
    started = time.monotonic()
    return name, check(), time.monotonic() - started


def _tool(name: str, *arguments: str | Path, cwd: Path = paths.ROOT) -> str:
    """Output of a tool that fails; empty if it succeeds."""
    done = _run_tool(name, *arguments, cwd=cwd)
    return (done.stdout + done.stderr).strip() or "failed" if done.returncode else ""


def _run_tool(name: str, *arguments: str | Path, cwd: Path = paths.ROOT):
    return subprocess.run(
        [str(venv.program(name)), *map(str, arguments)],
        cwd=cwd,
        env=process.clean_env({"NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _format(where: list[str], fix: bool) -> str:
    return _tool("ruff", "format", "--quiet" if fix else "--check", *where)


def _style(where: list[str], fix: bool) -> str:
    return _tool("ruff", "check", *(["--fix"] if fix else []), *where)


def _types() -> str:
    """Check the types of the pure packages with mypy, without exceptions."""
    flags = [flag for name in TYPED for flag in ("-p", name)]
    return _tool("mypy", "--config-file", paths.ROOT / "pyproject.toml", *flags)


def _pylint(*targets: str) -> str:
    switches = ["--disable=all", "--enable=odoolint", f"--disable={','.join(PYLINT_OFF)}"]
    return _tool("pylint", "--rcfile=config/pylintrc", *switches, *targets)


def _addons() -> list[str]:
    return settings.existing(settings.DEMO_ADDONS)


def _odoo() -> str:
    output = _pylint(*(f"addons/{name}" for name in _addons()))
    return "\n".join(unexpected(output.splitlines()))


def unexpected(lines: list[str]) -> list[str]:
    """What pylint-odoo reports beside the models of `SEVERAL_FILES`, and which of those it does not report."""
    split = {found.group(2, 3): line for line in lines if (found := SPLIT.search(line))}
    expected = {split[key] for key in split.keys() & SEVERAL_FILES.keys()}
    wrong = [line for line in lines if line and line not in expected and not line.startswith("***")]
    stale = [f"{model} of {addon} is in one file now" for addon, model in SEVERAL_FILES.keys() - split.keys()]
    return wrong + sorted(stale)


def _awake() -> str:
    output = _pylint(BAD_ADDON)
    silent = [name for name in EXPECTED if name not in output]
    return f"not reported in {BAD_ADDON}: {', '.join(silent)}" if silent else ""


def _sudo() -> str:
    """Check that each `sudo()` has its reason, and that the check still finds one without."""
    if not _tool("python", SUDO_CHECK, BAD_ADDON):
        return f"not reported in {BAD_ADDON}: sudo()"
    return _tool("python", SUDO_CHECK, "addons")


def _data_files() -> str:
    manifests = [settings.manifest_path(name) for name in _addons()]
    return _tool("oca-checks-odoo-module", f"--disable={','.join(OCA_OFF)}", *manifests)


def _translation_files() -> str:
    files = sorted(paths.ADDONS.glob("*/i18n/*.po*"))
    return _tool("oca-checks-po", "--disable=po-pretty-format", *files) if files else ""


def _translations() -> str:
    return i18n.check(settings.existing(settings.PRODUCT_ADDONS))


def _xml() -> str:
    broken = []
    for path in sorted(paths.ADDONS.rglob("*.xml")):
        try:
            xml.etree.ElementTree.parse(path)
        except xml.etree.ElementTree.ParseError as error:
            broken.append(f"{paths.relative(path)}: {error}")
    return "\n".join(broken)


def _pythons() -> str:
    """Run the pure packages on the oldest and the newest Python that they support."""
    steps = Steps(1)
    with steps.step("oldest and newest Python") as step:
        return pure.check(step)


def _server_settings(odoo: Path) -> str:
    """Check each file of `config/` and `docker/` with the parser of the program that reads it."""
    return _tool("python", CONFIG_CHECK, "--odoo", odoo)
