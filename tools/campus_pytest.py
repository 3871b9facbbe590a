"""pytest plugin: writes the counts of a run to a file, for `./campus test`."""

import json
from pathlib import Path

KINDS = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")


def pytest_addoption(parser):
    parser.addoption("--campus-counts", metavar="FILE", help="write the counts of the run here")


def pytest_sessionfinish(session):
    target = session.config.getoption("--campus-counts")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if target and reporter:
        counts = {kind: len(reporter.stats.get(kind, [])) for kind in KINDS}
        Path(target).write_text(json.dumps(counts), encoding="utf-8")
