"""Finds the card readers that are configured for this machine.

``CAMPUS_READERS`` in the service's environment, or ``campus_readers`` in the section ``[iot.box]`` of
its odoo.conf: ``T01=rdm6300:/dev/ttyUSB0,T02=pn532:/dev/ttyUSB1``.
"""

import logging
import os
from pathlib import Path

from odoo.addons.iot_drivers.interface import Interface
from odoo.addons.iot_drivers.tools import helpers

from campus_edge.lan.config import LanConfigError
from campus_edge.lan.reader_line import parse_readers

_logger = logging.getLogger(__name__)


class CampusReaderInterface(Interface):
    connection_type = "campus_reader"
    _loop_delay = 3

    _is_started = False
    _complaint = ""

    def get_devices(self):
        """``{terminal: ReaderLine}`` of the readers that are plugged in."""
        text = os.environ.get("CAMPUS_READERS") or helpers.get_conf("campus_readers") or ""
        try:
            readers = parse_readers(text)
        except LanConfigError as error:
            # called every few seconds: log an error only once
            if str(error) != self._complaint:
                _logger.error("no card readers: %s", error)
            self._complaint = str(error)
            return {}
        return {
            reader.terminal: reader for reader in readers if "://" in reader.url or Path(reader.url).exists()
        }

    def start(self):
        # on a box both Odoo's manager and our loader start this
        if not CampusReaderInterface._is_started:
            CampusReaderInterface._is_started = True
            super().start()
