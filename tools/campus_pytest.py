"""pytest plugin of `./campus test`: counts of a run in a file; what OCA says beside Odoo in a manifest."""

import json
from pathlib import Path

import pytest

# Keys of a manifest that OCA's tools read; Odoo's linter takes other unknown ones for typos.
OCA_KEYS = {"development_status", "maintainers"}
KINDS = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


def pytest_addoption(parser):
    parser.addoption("--campus-counts", metavar="FILE", help="write the counts of the run here")


def pytest_collection_modifyitems(items):
    for module in {
        item.getparent(pytest.Module).obj for item in items if item.path.name == "test_manifests.py"
    }:
        module.MANIFEST_KEYS |= OCA_KEYS


def pytest_sessionfinish(session):
    target = session.config.getoption("--campus-counts")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if target and reporter:
        counts = {kind: len(reporter.stats.get(kind, [])) for kind in KINDS}
        Path(target).write_text(json.dumps(counts), encoding="utf-8")
