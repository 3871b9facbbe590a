"""`./campus rights`: make the page of the manual from the rights files of the addons."""

from __future__ import annotations

import argparse
import importlib
import sys

from .. import paths

HELP = "write docs/rights.md from addons/*/security/rights.toml"
PAGE = paths.ROOT / "docs" / "rights.md"
MARK = "<!-- made from addons/*/security/rights.toml by ./campus rights -->\n"


def arguments(parser: argparse.ArgumentParser) -> None:
    """This command has no arguments."""


def run(args: argparse.Namespace) -> int:
    # the package is imported in the same way as in the unit tests
    sys.path.insert(0, str(paths.ADDONS / "campus_card"))
    core = importlib.import_module("campus_core.rights")
    toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    files = sorted(paths.ADDONS.glob("*/security/rights.toml"))
    stated = core.parse({path.parts[-3]: toml.loads(path.read_text(encoding="utf-8")) for path in files})
    head = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(head + MARK + core.table(stated), encoding="utf-8")
    print(f"{PAGE.relative_to(paths.ROOT)}: {len(stated.models)} models, {len(stated.routes)} addresses")
    return 0
