"""WebKit: MiniBrowser of WebKitGTK through its own driver, on a screen that nobody sees."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains, WebKitGTK, WebKitGTKOptions, WebKitGTKService
from selenium.webdriver.common.by import By

from campus_cli import paths, process, system
from support.webdriver import TIMEOUT_S, BrowserError, Page

THEMES = {"dark": "Adwaita:dark", "light": "Adwaita"}
SCREEN = "1600x1400x24"
NARROW_TOOLBAR = "window *:not(menuitem) { min-width: 0; padding: 0; margin: 0; border-width: 0; }"
LISTEN = """
const heard = (window.campusHeard ??= []);
if (!heard.on) {
    heard.on = true;
    addEventListener("error", (event) => heard.push(event.message));
    addEventListener("unhandledrejection", (event) => heard.push(String(event.reason)));
    addEventListener("securitypolicyviolation", (event) => heard.push(event.violatedDirective));
    const say = console.error;
    console.error = (...parts) => (heard.push(parts.join(" ")), say(...parts));
}
"""
HEARD = """
[...(window.campusHeard || []), ...performance.getEntriesByType("resource")
    .filter((file) => file.responseStatus >= 400).map((file) => `${file.name}: ${file.responseStatus}`)]
"""


class WebKit(Page):
    """One MiniBrowser with a screen and a home of its own."""

    name = "webkit"

    def __init__(self, scheme, language):
        super().__init__(scheme, language)
        self.home = tempfile.TemporaryDirectory(prefix="campus-webkit-", ignore_cleanup_errors=True)
        self.log = Path(self.home.name, "driver.log")
        self.driver = self.screen = None
        self.heard = []
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self):
        self._narrow_the_toolbar()
        self.screen, display = _screen()
        env = {
            "DISPLAY": display,
            "GDK_BACKEND": "x11",
            "GTK_THEME": THEMES[self.scheme],
            "HOME": self.home.name,
            "XDG_DATA_HOME": f"{self.home.name}/data",
            "XDG_CACHE_HOME": f"{self.home.name}/cache",
            "XDG_CONFIG_HOME": f"{self.home.name}/config",
            "LC_ALL": "C",
        }
        options = WebKitGTKOptions()
        options.binary_location = system.minibrowser()
        options.add_argument("--automation")
        service = WebKitGTKService(
            executable_path=shutil.which("WebKitWebDriver"),
            log_output=str(self.log),
            env=process.clean_env(env),
        )
        self.driver = WebKitGTK(options=options, service=service)
        self.driver.set_page_load_timeout(TIMEOUT_S)
        self.driver.set_script_timeout(TIMEOUT_S)

    def _narrow_the_toolbar(self):
        """A window is no narrower than its toolbar, which is wider than a phone."""
        style = Path(self.home.name, "config", "gtk-3.0", "gtk.css")
        style.parent.mkdir(parents=True)
        style.write_text(NARROW_TOOLBAR, encoding="utf-8")

    # -- the verbs -------------------------------------------------------------------------

    def go(self, url):
        """Open a page and wait until it is loaded."""
        self._collect()
        self.driver.get(url)
        self.driver.execute_script(LISTEN)

    def run(self, expression):
        """The (promised) value of an expression, which must be JSON."""
        script = f"""
            const answer = arguments[arguments.length - 1];
            (async () => ({expression}))().then(
                (value) => answer({{value: value ?? null}}), (error) => answer({{error: String(error)}}));
        """
        with _translated():
            answer = self.driver.execute_async_script(script)
        if "error" in answer:
            raise BrowserError(f"{expression}: {answer['error']}")
        return answer["value"]

    def resize(self, width, height):
        """The size of the page itself, in CSS pixels: the window is as much larger as its frame is."""
        for _try in range(3):
            size = self.driver.get_window_size()
            inner = self.run("[window.innerWidth, window.innerHeight]")
            if inner == [width, height]:
                return
            self.driver.set_window_size(size["width"] + width - inner[0], size["height"] + height - inner[1])
            with contextlib.suppress(AssertionError):
                self.wait(f"window.innerWidth === {width}")

    def click(self, selector):
        """Press the middle of an element."""
        with _translated():
            found = self.driver.find_element(By.CSS_SELECTOR, selector)
            # out from under what is fixed to an edge of the window
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'});", found)
            found.click()

    def keys(self, text):
        """Type into what has the focus."""
        ActionChains(self.driver).send_keys(text).perform()

    def picture(self):
        """PNG of what is on the screen, once that is what the page is."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self.driver.get_screenshot_as_png()

    def _collect(self):
        self.heard += self.run(HEARD)

    def errors(self):
        """Errors of pages once they were loaded, and files that were not to be had.

        The console itself is silent here: WebKit writes it nowhere in a session without a memory.
        """
        self._collect()
        return self.heard

    def close(self):
        """End the browser, its driver and the screen."""
        if self.driver:
            with contextlib.suppress(WebDriverException):
                self.driver.quit()
        if self.screen:
            process.end(self.screen)
        if self.log.exists():
            paths.LOGS.mkdir(parents=True, exist_ok=True)
            (paths.LOGS / "webkit.log").write_bytes(self.log.read_bytes())
        self.home.cleanup()


@contextlib.contextmanager
def _translated():
    try:
        yield
    except WebDriverException as error:
        raise BrowserError(error.msg) from error


def _screen():
    """A running Xvfb and its number as ``:N``."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    screen = subprocess.Popen(
        command, pass_fds=[writing], env=process.clean_env(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as pipe:
        number = pipe.readline().strip()
    if not number:
        process.end(screen)
        raise BrowserError("Xvfb did not start")
    return screen, f":{number}"
