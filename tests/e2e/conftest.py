"""A running Odoo with workers on a fresh database, and a real browser to look at it.

A missing server or browser is an error, never a skip.
"""

import contextlib
import os
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect, sync_playwright

from campus_cli import odoo_process, paths, ports, process, system
from campus_cli.headless import BROWSER_FLAGS
from support.front import Front
from support.odoo import odoo_database
from support.odoo_shell import OdooShell

# Two halves of these tests may run at once, each with a server of its own.
LABEL = os.environ.get("CAMPUS_SUITE", "e2e")
ARTIFACTS = paths.ARTIFACTS / "e2e"
TIMEOUT_MS = 60_000
VIEWPORT = {"width": 1366, "height": 900}
TIME_ZONE = "Asia/Shanghai"


class Server:
    """A running Odoo: its address, its database, and a shell into it."""

    def __init__(self, ws, database, shell, url):
        self.workspace, self.database, self.url = ws, database, url
        self.shell = shell
        self.log = paths.LOGS / f"{LABEL}.log"

    def query(self, sql):
        """Rows of the database as lists of text."""
        return self.workspace.server.query(sql, self.database)

    def run(self, code, **values):
        """Run Python in Odoo's shell, with ``values`` as names; what it calls ``answer`` comes back.

        The code commits by itself: ``env.cr.commit()``. The server forgets what it had cached.
        """
        return self.shell.run(code, **values)


class Visitor:
    """A person at a browser of their own, who writes down what the browser complains about."""

    def __init__(self, browser, server, language, label, time_zone):
        self.server, self.language, self.label = server, language, label
        self.context = browser.new_context(
            base_url=server.url,
            locale=language.replace("_", "-"),
            timezone_id=time_zone,
            viewport=VIEWPORT,
        )
        self.context.set_default_timeout(TIMEOUT_MS)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message):
        if message.type == "error":
            self.errors.append(message.text)

    def login(self, login, password=None, page="/odoo"):
        """Log in without the login page, and open ``page`` in the user's own language."""
        asked = {"db": self.server.database, "login": login, "password": password or login}
        answer = self.context.request.post(
            "/web/session/authenticate", data={"jsonrpc": "2.0", "params": asked}, timeout=TIMEOUT_MS
        ).json()
        assert "error" not in answer, answer
        self.page.goto(page)
        return self

    def login_by_page(self, login, password=None, page="/odoo"):
        """Log in through the login page and go on to ``page``."""
        self.page.goto(f"/web/login?redirect={quote(page)}")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password or login)
        self.page.click("form.oe_login_form button[type=submit]")
        self.page.wait_for_url(lambda url: "/web/login" not in url)
        return self

    def shot(self, name, page=None):
        """Screenshot of the visitor's page, or of another; artifacts/e2e/<language>/<name>.png is returned."""
        folder = ARTIFACTS / self.language
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}.png"
        (page or self.page).screenshot(path=path)
        return path


@pytest.fixture(scope="session")
def server():
    """Odoo with two workers and a websocket process, our addons installed, a Chinese company."""
    with contextlib.ExitStack() as stack:
        ws, database = stack.enter_context(odoo_database(LABEL.replace("-", "_")))
        shell = stack.enter_context(contextlib.closing(OdooShell(ws.odoo(database, "script"))))
        shell.script("prepare_company.py")
        front_port, http_port, gevent_port = ports.hold(3)
        both = {"http_port": http_port, "gevent_port": gevent_port}
        running = ws.odoo(database, "e2e", workers=2, max_cron_threads=1, **both).start(LABEL)
        stack.callback(process.end, running)
        odoo_process.wait_until_healthy(f"http://127.0.0.1:{http_port}", running, LABEL)
        stack.enter_context(Front(front_port, http_port, gevent_port))
        yield Server(ws, database, shell, f"http://127.0.0.1:{front_port}")


@pytest.fixture(scope="session")
def browser():
    """Chromium of this machine, without a window."""
    path = system.browser()
    if not path:
        pytest.fail(f"no Chromium on this machine: {system.install_command(['chromium'])}")
    with sync_playwright() as playwright:
        # A machine that tests is a busy machine.
        expect.set_options(timeout=TIMEOUT_MS)
        chromium = playwright.chromium.launch(executable_path=path, args=list(BROWSER_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def visit(request, browser, server):
    """``visit(language)``: a new visitor; a failing test leaves a screenshot of each."""
    visitors = []

    def start(language="zh_CN", time_zone=TIME_ZONE):
        visitors.append(Visitor(browser, server, language, request.node.name, time_zone))
        return visitors[-1]

    yield start
    failed = getattr(request.node, "failed", False)
    for number, visitor in enumerate(visitors):
        if failed:
            visitor.shot(f"failed-{visitor.label}-{number}")
        visitor.context.close()


@pytest.fixture(params=["zh_CN", "en_US"])
def language(request):
    """Runs a test in both languages."""
    return request.param


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True
    return report
