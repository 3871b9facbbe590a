"""A reader of the edge as a device of Odoo's IoT service.

A tap becomes an event of the device for pages that listen (``/iot_drivers/event``), and a scan for the
POS of Odoo Community, which asks ``/hw_proxy/scanner``.
"""

import logging
import queue
import time

from odoo import http
from odoo.addons.iot_drivers.controllers.proxy import proxy_drivers
from odoo.addons.iot_drivers.driver import Driver
from odoo.addons.iot_drivers.event_manager import event_manager
from odoo.addons.iot_drivers.main import iot_devices
from odoo.addons.iot_drivers.tools import route

from campus_edge.lan.desk import Desk
from campus_edge.lan.reader_line import FAMILIES, ReaderLine
from campus_edge.lan.text import till_text
from campus_edge.protocols.base import GRANTED, READY, REFUSED, CardSeen, Feedback

_logger = logging.getLogger(__name__)
POLL_S = 25


def now_ms():
    return time.monotonic_ns() // 1_000_000


class CampusReaderDriver(Driver):
    connection_type = "campus_reader"
    #: One desk for all readers, because the POS cannot name a reader.
    desk = Desk()

    def __init__(self, identifier, device):
        super().__init__(identifier, device)
        # Odoo's own route for scans looks for this type
        self.device_type = "scanner"
        self.device_connection = "serial"
        self.device_name = f"Card reader {identifier}"
        self.device_manufacturer = device.family
        self._port = device.port(identifier, self._hear)
        self._actions.update({"show": self._show})

    @classmethod
    def supported(cls, device):
        return isinstance(device, ReaderLine) and device.family in FAMILIES

    def run(self):
        self._port.start()
        self._stopped.wait()
        self._port.stop()

    @classmethod
    def get_status(cls):
        """Return the status of scanners for ``/hw_proxy/status_json``."""
        readers = [device for device in list(iot_devices.values()) if isinstance(device, cls)]
        is_ready = any(reader._port.state.state == READY for reader in readers)
        details = [detail for reader in readers if (detail := reader._port.state.detail)]
        return {"status": "connected" if is_ready else "disconnected", "messages": details}

    def read_next_barcode(self):
        """Return the next scan, or an empty text when none came in time; Odoo's route calls this."""
        got = queue.SimpleQueue()
        ticket = self.desk.wait(got.put, now_ms())
        try:
            return got.get(timeout=POLL_S)
        except queue.Empty:
            return "" if self.desk.leave(ticket, now_ms()) else got.get()

    def _hear(self, heard):
        if not isinstance(heard.event, CardSeen):
            return
        text = till_text(heard.event.credential)
        if text is None:
            return
        self.data["value"] = text
        event_manager.device_changed(self, {"value": text})
        self.desk.put(text, now_ms())

    def _show(self, data):
        """Action ``show``: set lamp and display of the reader; ``outcome`` granted or refused, ``text``."""
        outcome = data.get("outcome")
        if outcome not in (GRANTED, REFUSED):
            raise ValueError("outcome must be granted or refused")
        self._port.show(Feedback(outcome, str(data.get("text") or "")[:200]))
        return True


class CampusReaderController(http.Controller):
    """Routes that the POS of Odoo Community 19 needs and Odoo's service on a PC does not have."""

    @route.iot_route("/hw_proxy/handshake", type="jsonrpc", cors="*")
    def handshake(self):
        return True

    @route.iot_route("/hw_proxy/scanner", type="jsonrpc", cors="*")
    def scanner(self):
        reader = next(
            (device for device in list(iot_devices.values()) if hasattr(device, "read_next_barcode")), None
        )
        if reader:
            return reader.read_next_barcode()
        time.sleep(5)  # the POS asks again at once
        return None


proxy_drivers.setdefault("scanner", CampusReaderDriver)
