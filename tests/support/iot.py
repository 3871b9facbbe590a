"""Odoo's IoT service with a simulated reader, and a client of its long polling."""

import contextlib
import json
import time
import urllib.error
import urllib.request

from campus_cli import iot, paths, ports, process
from campus_cli.console import CampusError, Steps

START_S = 120


class IotService:
    """A running service; ``url`` is its address."""

    def __init__(self, url, log):
        self.url, self.log = url, log

    def call(self, path, **params):
        """The result of a JSON-RPC call."""
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}).encode()
        request = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"})
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=90) as response:
            return json.loads(response.read())["result"]

    def is_ready(self):
        with contextlib.suppress(OSError, urllib.error.URLError):
            return self.call("/hw_proxy/status_json")["scanner"]["status"] == "connected"
        return False


@contextlib.contextmanager
def iot_service(tree, readers):
    """The service with ``{terminal: url of an RDM6300}``."""
    steps = Steps(1)
    with steps.step("packages of the IoT service") as step:
        packages = iot.ensure_packages(step)
    [port], log = ports.hold(1), paths.LOGS / "e2e-iot.log"
    text = ",".join(f"{terminal}=rdm6300:{url}" for terminal, url in readers.items())
    running = iot.start(tree, packages, port, text, "e2e-iot")
    service = IotService(f"http://127.0.0.1:{port}", log)
    try:
        deadline = time.monotonic() + START_S
        while not service.is_ready():
            if running.poll() is not None or time.monotonic() > deadline:
                raise CampusError("the IoT service did not start", log.read_text(errors="replace")[-3000:])
            time.sleep(0.3)
        yield service
    finally:
        process.end(running)
