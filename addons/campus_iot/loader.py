"""Loads the handlers as Odoo's service does: each file as a module, interfaces first."""

import logging
import sys
from importlib import util
from pathlib import Path

from odoo import http
from odoo.addons.iot_drivers.main import interfaces
from odoo.tools.func import reset_cached_properties
from odoo.tools.misc import file_path

_logger = logging.getLogger(__name__)
KINDS = ("interfaces", "drivers")


def load():
    """Load our handlers and start their interfaces."""
    addon = Path(file_path("campus_terminal/iot_handlers")).parent
    # campus_edge and campus_core are separate packages without Odoo: add their folders to the path
    for folder in (addon, Path(file_path("campus_card/campus_core")).parent):
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    before = set(interfaces)
    for kind in KINDS:
        for file in sorted((addon / "iot_handlers" / kind).glob("*.py")):
            _load_file(f"odoo.addons.iot_drivers.iot_handlers.{kind}.{file.stem}", file)
    # drivers may add routes: build the routing map again
    reset_cached_properties(http.root)
    for name in set(interfaces) - before:
        interfaces[name]().start()


def _load_file(name, file):
    if name in sys.modules:
        return
    spec = util.spec_from_file_location(name, file)
    module = util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception:
        # one handler that cannot be loaded must not prevent the others
        del sys.modules[name]
        _logger.exception("handler %s could not be loaded", file.name)
