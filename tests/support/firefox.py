"""Firefox through WebDriver BiDi, which it speaks by itself: no driver stands between."""

import base64
import itertools
import json
import subprocess
import tempfile
import time
from pathlib import Path

import websocket

from campus_cli import paths, process, system
from support.webdriver import TIMEOUT_S, BrowserError, Page

PREFERENCES = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}
SCHEMES = {"dark": 0, "light": 1}
EVENTS = ["log.entryAdded", "network.responseCompleted", "network.fetchError"]


class Firefox(Page):
    """One Firefox without a window, with a profile of its own."""

    name = "firefox"

    def __init__(self, scheme, language):
        super().__init__(scheme, language)
        self.profile = tempfile.TemporaryDirectory(prefix="campus-firefox-", ignore_cleanup_errors=True)
        self.numbers, self.heard, self.socket = itertools.count(1), [], None
        self._write_preferences()
        command = [system.firefox(), "--headless", "--no-remote", "--profile", self.profile.name]
        paths.LOGS.mkdir(parents=True, exist_ok=True)
        with (paths.LOGS / "firefox.log").open("w", encoding="utf-8") as log:
            self.running = subprocess.Popen(
                [*command, "--remote-debugging-port", "0"],
                stdout=log, stderr=subprocess.STDOUT, env=process.clean_env(),
            )  # fmt: skip
        try:
            self._connect()
        except BaseException:
            self.close()
            raise

    def _write_preferences(self):
        values = {
            **PREFERENCES,
            "layout.css.prefers-color-scheme.content-override": SCHEMES[self.scheme],
            "intl.accept_languages": f"{self.language.replace('_', '-')},{self.language[:2]}",
        }
        lines = [f"user_pref({json.dumps(key)}, {json.dumps(value)});\n" for key, value in values.items()]
        Path(self.profile.name, "user.js").write_text("".join(lines), encoding="utf-8")

    def _connect(self):
        """Firefox writes into its profile where it listens."""
        listening = Path(self.profile.name, "WebDriverBiDiServer.json")
        deadline = time.monotonic() + TIMEOUT_S
        while not (listening.exists() and (text := listening.read_text(encoding="utf-8"))):
            if self.running.poll() is not None or time.monotonic() > deadline:
                raise BrowserError(f"Firefox did not start: {paths.relative(paths.LOGS / 'firefox.log')}")
            time.sleep(0.05)
        at = json.loads(text)
        # With an origin it would take this for a web page that wants to drive it.
        self.socket = websocket.create_connection(
            f"ws://{at['ws_host']}:{at['ws_port']}/session", timeout=TIMEOUT_S, suppress_origin=True
        )
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=EVENTS)
        self.context = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def _ask(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message["type"] == "event":
                self.heard.append(message)
            elif message["id"] == number:
                if message["type"] == "error":
                    raise BrowserError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]

    # -- the verbs -------------------------------------------------------------------------

    def go(self, url):
        """Open a page and wait until it is loaded."""
        self._ask("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def run(self, expression):
        """The (promised) value of an expression, which must be JSON."""
        answer = self._ask(
            "script.callFunction",
            functionDeclaration=f"async () => JSON.stringify(await ({expression}) ?? null)",
            awaitPromise=True,
            target={"context": self.context},
            userActivation=True,
        )
        if answer["type"] != "success":
            raise BrowserError(f"{expression}: {answer['exceptionDetails']['text']}")
        return json.loads(answer["result"]["value"])

    def resize(self, width, height):
        """The size of the page itself, in CSS pixels."""
        size = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", context=self.context, viewport=size)

    def click(self, selector):
        """Press the middle of an element."""
        middle = self.run(
            f"""(() => {{
                const element = document.querySelector({selector!r});
                element.scrollIntoView({{block: "center", behavior: "instant"}});
                const box = element.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
            }})()"""
        )
        moves = [
            {"type": "pointerMove", "x": middle[0], "y": middle[1]},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": moves})

    def keys(self, text):
        """Type into what has the focus."""
        strokes = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": strokes})

    def _act(self, source):
        self._ask("input.performActions", context=self.context, actions=[source])

    def picture(self):
        """PNG of what is on the screen."""
        return base64.b64decode(self._ask("browsingContext.captureScreenshot", context=self.context)["data"])

    def errors(self):
        """Errors in the console, and files that were not to be had."""
        self.run("1")
        return [text for event in self.heard if (text := _complaint(event["method"], event["params"]))]

    def close(self):
        """End Firefox and throw its profile away."""
        if self.socket:
            self.socket.close()
        process.end(self.running)
        self.profile.cleanup()


def _complaint(method, params):
    if method == "log.entryAdded":
        return params["text"] if params["level"] == "error" else None
    if method == "network.fetchError":
        # a page that is left behind fetches no more
        aborted = "ABORT" in params["errorText"]
        return None if aborted else f"{params['request']['url']}: {params['errorText']}"
    status = params["response"]["status"]
    return f"{params['request']['url']}: {status}" if status >= 400 else None
