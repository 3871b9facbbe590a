"""pytest plugin of `./campus test`: counts and times of a run in files; what OCA says beside Odoo in a manifest."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from campus_cli import paths

# Keys of a manifest that OCA's tools read; Odoo's linter takes other unknown ones for typos.
OCA_KEYS = {"development_status", "maintainers"}
KINDS = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


# Seconds by file of tests, with what was set up for them.
SECONDS = Counter()


def pytest_addoption(parser):
    parser.addoption("--campus-counts", metavar="FILE", help="write the counts of the run here")


def pytest_collection_modifyitems(items):
    for module in {
        item.getparent(pytest.Module).obj for item in items if item.path.name == "test_manifests.py"
    }:
        module.MANIFEST_KEYS |= OCA_KEYS


def pytest_runtest_logreport(report):
    # one of a subtest is of a class of its own: its time is in that of its test
    if type(report) is pytest.TestReport:
        SECONDS[report.nodeid.split("::")[0]] += report.duration


def pytest_sessionfinish(session):
    target = session.config.getoption("--campus-counts")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if target and reporter:
        counts = {kind: len(reporter.stats.get(kind, [])) for kind in KINDS}
        Path(target).write_text(json.dumps(counts), encoding="utf-8")
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        rows = [f"{seconds:8.1f} {file}\n" for file, seconds in SECONDS.most_common()]
        (paths.LOGS / f"times-{os.environ.get('CAMPUS_SUITE', 'all')}.txt").write_text("".join(rows), "utf-8")
