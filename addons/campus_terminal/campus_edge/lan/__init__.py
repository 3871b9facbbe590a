"""The edge on the LAN of a till: taps for Odoo's Point of Sale in the browser, and a status page.

The POS of Odoo Community asks a *hardware proxy* for scans (``/hw_proxy/...``, JSON-RPC from the
page of the POS, which comes from another origin). This package answers like a hardware proxy. It needs
neither the Odoo server nor the internet.

``feed`` is its interface to the edge, ``desk`` gives a scan to exactly one waiting till, ``text``
writes a credential as a wedge reader would type it, ``door`` decides who may ask, ``http`` reads and
writes HTTP, ``routes`` answers, ``page`` draws the status page, ``server`` runs all of it.
"""
