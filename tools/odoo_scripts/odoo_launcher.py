"""Starts Odoo from any tree on PYTHONPATH.

`python -m odoo` would do for one process; a server with workers starts its
websocket process by running its own first argument as a script, and that has to
be a file that can stand alone.

With `CAMPUS_LISTENER=descriptor` the HTTP socket was opened by `./campus`, which so
holds the port from the moment it chooses it; Odoo gets it as a socket unit of systemd
would give it. Its queue is long enough for a lunch rush: Odoo's own is eight
connections per worker; beyond it the kernel drops handshakes and clients wait seconds
for their next try.

With `CAMPUS_MARK=checkout` every answer says which checkout and process gave it, so
that nobody takes another one's server for his own.
"""

import functools
import os

import odoo.cli

# Where systemd leaves the first socket.
FIRST_DESCRIPTOR = 3
MARK = "X-Campus-Server"


def take_socket(descriptor: int) -> None:
    """Leave the listening socket where Odoo's servers, threaded or prefork, look for it."""
    os.set_blocking(descriptor, False)
    os.dup2(descriptor, FIRST_DESCRIPTOR, inheritable=True)
    if descriptor != FIRST_DESCRIPTOR:
        os.close(descriptor)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))


def mark_answers(value: str) -> None:
    """Put the mark into the answers of Odoo's application."""
    from odoo.http import Application

    answer = Application.__call__

    @functools.wraps(answer)
    def marked(self, environ, start_response):
        def start(status, headers, *exc_info):
            return start_response(status, [*headers, (MARK, value)], *exc_info)

        return answer(self, environ, start)

    Application.__call__ = marked


if __name__ == "__main__":
    if checkout := os.environ.pop("CAMPUS_MARK", ""):
        mark_answers(f"{checkout}-{os.getpid()}")
    if given := os.environ.pop("CAMPUS_LISTENER", ""):
        take_socket(int(given))
    odoo.cli.main()
