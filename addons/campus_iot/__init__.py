"""Brings the readers of campus_card into Odoo's IoT service on any machine.

The service itself loads handlers on its own boxes only, and only those it has downloaded from a
database. As part of a server without the service this does nothing.
"""

import sys

if "odoo.addons.iot_drivers" in sys.modules:
    from . import loader

    loader.load()
