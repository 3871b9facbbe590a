"""Browsers that are not Chromium, behind one small set of verbs: Firefox and WebKit.

``with opened("firefox", "dark", "en_US") as browser:`` is a window with an empty profile. A browser
that is not on the machine is an error that says how it is had.
"""

import contextlib
import re
import time
from urllib.parse import quote

from campus_cli import paths, system
from campus_cli.console import CampusError

BROWSERS = ("firefox", "webkit")
NEEDS = {"firefox": ("firefox",), "webkit": ("webkit-driver", "xvfb")}
TIMEOUT_S = 30
PATIENCE_S = 0.05


class Page:
    """What a test does in any browser; the engines do the rest.

    An engine has ``go(url)`` (until the page is loaded), ``run(expression)`` (JavaScript, promises are
    awaited), ``resize(width, height)``, ``click(selector)``, ``keys(text)``, ``picture()`` (PNG bytes),
    ``errors()`` (what the console complained about) and ``close()``.
    """

    name = ""

    def __init__(self, scheme, language):
        self.scheme, self.language = scheme, language

    def wait(self, expression):
        """Wait until an expression is true, also across a change of page."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            # between two pages there is nothing to ask
            with contextlib.suppress(BrowserError):
                if self.run(f"Promise.resolve({expression}).then(Boolean)"):
                    return
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{expression} at {self.run('location.href')}, see {self.shot('failed')}"
                )
            time.sleep(PATIENCE_S)

    def see(self, selector):
        """Wait for an element; its text."""
        self.wait(f"document.querySelector({selector!r})")
        return self.run(f"document.querySelector({selector!r}).innerText")

    def press(self, selector):
        """Wait until an element can be seen and pressed, and click it as a person does."""
        self.wait(
            f"((found) => found && found.getClientRects().length && !found.disabled)"
            f"(document.querySelector({selector!r}))"
        )
        self.click(selector)

    def fill(self, selector, text):
        """Click into a field and type."""
        self.press(selector)
        self.keys(text)

    def login(self, base, login, page):
        """Log in through the login page and go on to ``page``."""
        self.go(f"{base}/web/login?redirect={quote(page)}")
        self.fill("input[name=login]", login)
        self.fill("input[name=password]", login)
        self.press("form.oe_login_form button[type=submit]")
        self.wait(f"location.pathname === {page!r} && document.readyState === 'complete'")

    def shot(self, label):
        """Screenshot in artifacts/e2e/<browser>/; its path."""
        folder = paths.ARTIFACTS / "e2e" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{re.sub(r'[^a-z0-9]+', '-', label.lower()).strip('-')}.png"
        path.write_bytes(self.picture())
        return path


class BrowserError(Exception):
    """A command that the browser did not carry out."""


def require(name):
    """Raise with the command that installs what is missing for a browser."""
    if absent := system.missing(NEEDS[name]):
        packages = system.packages(absent)
        raise CampusError(f"no {name} on this machine", system.install_command(packages))


@contextlib.contextmanager
def opened(name, scheme="light", language="en_US"):
    """A window of ``name``, closed afterwards."""
    require(name)
    if name == "firefox":
        from support.firefox import Firefox as Engine
    else:
        from support.webkit import WebKit as Engine
    page = Engine(scheme, language)
    try:
        yield page
    finally:
        page.close()
