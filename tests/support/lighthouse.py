"""Lighthouse from npm, in a Chromium of its own, as somebody who is logged in."""

import json
import tempfile
from pathlib import Path

from campus_cli import process, system
from campus_cli.headless import BROWSER_FLAGS
from support import npm
from support.till import Client

# Later ones want a newer Node than Debian's.
VERSION = "12.2.3"
METRICS = {
    "fcp_ms": "first-contentful-paint",
    "lcp_ms": "largest-contentful-paint",
    "tbt_ms": "total-blocking-time",
    "speed_index_ms": "speed-index",
}


class Lighthouse:
    """Audits pages of one server for one person."""

    def __init__(self, url, database, login):
        self.url = url
        self.program = npm.installed("lighthouse", VERSION) / "cli" / "index.js"
        self.headers = json.dumps({"Cookie": Client(url).login(database, login).cookie})

    def audit(self, path, categories, *more):
        """Lighthouse's report of a page on its phone profile: ``{categories: {...}, audits: {...}}``."""
        with tempfile.TemporaryDirectory() as folder:
            result, headers = Path(folder, "report.json"), Path(folder, "headers.json")
            headers.write_text(self.headers, encoding="utf-8")
            flags = " ".join(("--headless=new", *BROWSER_FLAGS))
            process.run(
                [
                    "node", self.program, f"{self.url}{path}", "--quiet", "--output=json",
                    f"--output-path={result}", f"--only-categories={','.join(categories)}",
                    f"--extra-headers={headers}", f"--chrome-flags={flags}", "--no-enable-error-reporting",
                    *more,
                ],
                "lighthouse",
                {"CHROME_PATH": system.browser(), "CI": "1"},
            )  # fmt: skip
            report = json.loads(result.read_text(encoding="utf-8"))
        if report["finalDisplayedUrl"] != f"{self.url}{path}":
            raise RuntimeError(f"Lighthouse looked at {report['finalDisplayedUrl']}, not at {path}")
        return report


def scores(report):
    """``{category: 0..100}``"""
    return {name: round(100 * found["score"]) for name, found in report["categories"].items()}


def timings(report):
    """``{fcp_ms, lcp_ms, ...}`` of a report with performance."""
    return {key: round(report["audits"][audit]["numericValue"]) for key, audit in METRICS.items()}


def shortcomings(report):
    """``[[audit, title], ...]`` of what was not found good and counts."""
    return [
        [audit["id"], audit["title"]]
        for audit in report["audits"].values()
        if audit["score"] is not None and audit["score"] < 1
    ]
