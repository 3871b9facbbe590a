"""Loads the card readers' handlers into Odoo's IoT service on any machine.

The service itself loads only handlers that it has downloaded from a database, and only on Odoo's boxes.
On a server without the service this module does nothing.
"""

import sys

if "odoo.addons.iot_drivers" in sys.modules:
    from . import loader

    loader.load()
