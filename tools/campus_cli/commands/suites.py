"""`./campus suites`: run Odoo's own tests with our addons installed, and report which also fail without them."""

from __future__ import annotations

import argparse
import json
import re
import subprocess

from .. import builds, databases, paths, ports, process, settings, state, workspace
from ..console import Steps, say
from ..workspace import Workspace

HELP = "run Odoo's own tests with our addons installed; what fails runs again without them"
MODULES = ("portal", "account", "point_of_sale")
FAILED = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(?:(\w+\.\w+)|setUpClass \([\w.]+\.(\w+)\))")
SUMMARY = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
# Some tests of account fill tables inside their transaction. PostgreSQL has no statistics of them and plans
# nested loops that run for minutes, with our addons and without.
PLANNER = {"PGOPTIONS": "-c enable_nestloop=off -c synchronous_commit=off"}
NEEDS = ("chromium", "libmagic", "libpango", "fonts-noto-cjk")
WANTS = ("wkhtmltopdf",)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("module", nargs="*", help=f"Odoo addons; without any: {' '.join(MODULES)}")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")


def run(args: argparse.Namespace) -> int:
    with state.checkout_lock():
        steps = Steps(workspace.STEPS + 2)
        ws = workspace.prepare(steps, NEEDS, WANTS)
        with steps.step("database of Odoo's addons") as step:
            base = builds.base(ws, step)
        with steps.step("database with our addons") as step:
            product = builds.product(ws, base, step, settings.existing(settings.PRODUCT_ADDONS))
    results = [_suite(ws, base, product, module) for module in args.module or MODULES]
    if args.json:
        print(json.dumps({"suites": results}))
    ours = [name for result in results for name in result["fails_only_with_us"]]
    return 1 if ours or not all(result["tests"] for result in results) else 0


def _suite(ws: Workspace, base: str, product: str, module: str) -> dict:
    tests, failed = _tests(ws, product, module, f"/{module}")
    result = {"module": module, "tests": tests, "failed": sorted(failed), "fails_only_with_us": []}
    if failed:
        tags = ",".join(f"/{module}:{name}" for name in sorted(failed))
        _count, without = _tests(ws, base, module, tags)
        result["fails_only_with_us"] = sorted(failed - without)
    say(
        f"{module}: {tests} tests, {len(failed)} failed, {len(result['fails_only_with_us'])} of them only with us"
    )
    return result


def _tests(ws: Workspace, source: str, module: str, tags: str) -> tuple[int, set[str]]:
    """``(number of tests, {"Class.method" or "Class" that failed})`` of one run on a copy of ``source``."""
    database = builds.throwaway(ws, source, "suites")
    odoo = ws.odoo(database, http_port=ports.hold(1)[0])
    odoo.write_config()
    log = paths.LOGS / f"suites-{module}{'' if tags == f'/{module}' else '-without'}.log"
    # Tests marked at_install run before our addons are loaded, so they test nothing of ours.
    command = odoo.command("--test-tags", tags, "--stop-after-init")
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("w", encoding="utf-8") as output:
            subprocess.run(
                command, env=process.clean_env({**odoo.env(), **PLANNER}), cwd=paths.ROOT,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
    finally:
        databases.drop(ws.server, database)
    text = log.read_text(encoding="utf-8", errors="replace")
    summary = SUMMARY.findall(text)
    failed = {test or whole_class for test, whole_class in FAILED.findall(text)}
    if summary and int(summary[-1][0]) + int(summary[-1][1]) and not failed:
        failed = {"unnamed failure, see the log"}
    return int(summary[-1][2]) if summary else 0, failed
