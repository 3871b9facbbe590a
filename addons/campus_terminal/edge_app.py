"""The short way for taps: from the WSGI server to ``campus.taps`` in one step.

A tap needs neither session nor cookies, user, language, routing nor website, which take Odoo some
milliseconds per request: more than a batch of twenty taps. The short way is taken where it leads to
the same place as Odoo's own: one database, its registry loaded, nothing asked for by headers. The
route in ``controllers/taps.py`` does the same in all other cases, with the same code.

For whoever merges this into a newer Odoo: the module replaces ``Application.__call__`` for this one path and
repeats by hand what ``odoo.http`` does for a request (thread, proxy, registry, signals); when Odoo changes
these, take the addon out of here: without ``install()`` in ``post_load``, or with the system parameter
``campus_terminal.short_way`` set to ``False``, every tap takes Odoo's own route and gets the same answer.
"""

import contextlib
import functools
import gc
import logging
import threading
import time

from odoo import SUPERUSER_ID, api
from odoo.addons.campus_card.campus_core.errors import CampusError
from odoo.addons.campus_card.db import own_cursor
from odoo.http import Application
from odoo.modules.registry import Registry
from odoo.tools import config, real_time, str2bool
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request

from . import edge_auth
from .edge_http import BUSY, HEADERS, TAPS_PATH, failure_response, json_body, read_body, read_object

_logger = logging.getLogger(__name__)

#: System parameter that switches the short way off; it is on without it.
SETTING = "campus_terminal.short_way"
# Another process may have installed modules or changed what is cached; Odoo asks with each request.
SIGNALING_S = 1.0
_asked_at = {}


class SwitchedOff(Exception):
    """The school has switched the short way off; nothing has been read of the request yet."""


def install():
    """Put the short way before Odoo's application; once per process."""
    if getattr(Application.__call__, "campus_short_way", False):
        return
    odoo_way = Application.__call__

    @functools.wraps(odoo_way)
    def call(self, environ, start_response):
        if environ.get("PATH_INFO") == TAPS_PATH:
            registry = _registry(environ)
            if registry is not None:
                with contextlib.suppress(SwitchedOff):
                    return _respond(registry, environ, start_response)
        return odoo_way(self, environ, start_response)

    call.campus_short_way = True
    Application.__call__ = call


def _registry(environ):
    """The registry of the one database, None where Odoo has to choose or to load."""
    names = config["db_name"]
    if (
        environ.get("REQUEST_METHOD") != "POST"
        or len(names) != 1
        or config["dbfilter"]
        or "HTTP_X_ODOO_DATABASE" in environ
        or not own_cursor.may_commit()
    ):
        return None
    registry = Registry.registries.get(names[0])
    return registry if registry is not None and registry.ready and "campus.taps" in registry else None


def _respond(registry, environ, start_response):
    _prepare_thread(registry.db_name)
    if config["proxy_mode"] and environ.get("HTTP_X_FORWARDED_HOST"):
        # writes the caller's address into ``environ``
        ProxyFix(lambda *_args: [])(environ, lambda *_args: None)
    try:
        with _no_collection():
            body = json_body(_take(registry, Request(environ)))
    except SwitchedOff:
        raise
    except Exception as error:
        if not isinstance(error, (CampusError, *BUSY)):
            _logger.exception("Taps could not be taken.")
        return failure_response(error)(environ, start_response)
    start_response("200 OK", [*HEADERS, ("Content-Length", str(len(body)))])
    return [body]


@contextlib.contextmanager
def _no_collection():
    """A batch makes thousands of objects, and nearly all are gone when it is answered: looking through
    them for cycles in the middle of it finds nothing and takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _prepare_thread(dbname):
    """What Odoo's log and limits know of a request."""
    thread = threading.current_thread()
    thread.query_count, thread.query_time, thread.perf_t0 = 0, 0, real_time()
    thread.cursor_mode, thread.dbname, thread.url = None, dbname, TAPS_PATH


def _take(registry, httprequest):
    with own_cursor.borrow(registry, own_cursor.TAPS) as cr:
        registry = _current(registry, cr)
        if not _is_on(cr):
            raise SwitchedOff
        edge = edge_auth.authenticate(cr, httprequest)
        env = edge_auth.environment(cr, edge)
        try:
            taken = env["campus.taps"]._take(edge, read_object(read_body(httprequest)))
        except BaseException:
            registry.reset_changes()
            raise
        # as after any request: what was cached and has changed is no secret to other processes
        registry.signal_changes()
        return taken


def _current(registry, cr):
    """The registry as other processes have left it a moment ago."""
    now = time.monotonic()
    if now - _asked_at.get(registry.db_name, 0.0) >= SIGNALING_S:
        registry = registry.check_signaling(cr)
        _asked_at[registry.db_name] = now
    return registry


def _is_on(cr):
    """The setting, from what this process remembers of all parameters: no query per tap."""
    # sudo: an edge has no user, and a system parameter has no other reader
    parameters = api.Environment(cr, SUPERUSER_ID, {})["ir.config_parameter"]
    return str2bool(parameters.get_param(SETTING) or "True", True)
