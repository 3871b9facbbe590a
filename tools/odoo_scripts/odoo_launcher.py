"""Starts Odoo from any tree on PYTHONPATH.

`python -m odoo` would do for one process; a server with workers starts its
websocket process by running its own first argument as a script, and that has to
be a file that can stand alone.

With `CAMPUS_LISTEN=host:port` the HTTP socket is opened here, with a queue long
enough for a lunch rush, and handed to Odoo as a socket unit of systemd would. Odoo's
own queue is eight connections per worker; beyond it the kernel drops handshakes and
clients wait seconds for their next try.
"""

import os
import socket

import odoo.cli

BACKLOG = 1024


def open_socket(address: str) -> None:
    """Listen on `host:port` and leave the socket where Odoo's prefork server looks for it."""
    host, _, port = address.rpartition(":")
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setblocking(False)
    listener.bind((host, int(port)))
    listener.listen(BACKLOG)
    listener.set_inheritable(True)
    os.environ["ODOO_HTTP_SOCKET_FD"] = str(listener.detach())


if __name__ == "__main__":
    if address := os.environ.pop("CAMPUS_LISTEN", ""):
        open_socket(address)
    odoo.cli.main()
