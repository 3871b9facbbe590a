"""Starts Odoo from any tree on PYTHONPATH.

`python -m odoo` would do for one process. But a server with workers starts its websocket process by running
its own first argument as a script, and that must be a complete file.

With `CAMPUS_LISTENER=descriptor` the socket for HTTP was opened by `./campus`, which so holds the port from
the moment it chooses it. Odoo gets the socket as from a socket unit of systemd. Its queue is long enough for
lunch time: Odoo's own has eight connections per worker; beyond it the kernel drops handshakes and clients
wait seconds for their next try.

With `CAMPUS_MARK=checkout` every answer says which checkout and process gave it, so that nobody takes another
server for their own.

With `CAMPUS_PASSWORD_ROUNDS=number` a password is hashed in so many rounds, as in Odoo's own tests. Else each
login of an end-to-end test takes two thirds of a second.
"""

import functools
import os

import odoo.cli

# The descriptor of the first socket that systemd passes.
FIRST_DESCRIPTOR = 3
MARK = "X-Campus-Server"


def take_socket(descriptor: int) -> None:
    """Put the listening socket where Odoo's servers, threaded or prefork, look for it."""
    os.set_blocking(descriptor, False)
    os.dup2(descriptor, FIRST_DESCRIPTOR, inheritable=True)
    if descriptor != FIRST_DESCRIPTOR:
        os.close(descriptor)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))


def mark_answers(value: str) -> None:
    """Write the mark into the answers of Odoo's application."""
    from odoo.http import Application

    answer = Application.__call__

    @functools.wraps(answer)
    def marked(self, environ, start_response):
        def start(status, headers, *exc_info):
            return start_response(status, [*headers, (MARK, value)], *exc_info)

        return answer(self, environ, start)

    Application.__call__ = marked


def hash_quickly(rounds: int) -> None:
    """Take this number of rounds where Odoo asks for its own."""
    from passlib.context import CryptContext

    prepare = CryptContext.__init__

    @functools.wraps(prepare)
    def prepare_quick(self, *args, **settings):
        quick = {"pbkdf2_sha512__rounds": rounds} if "pbkdf2_sha512__rounds" in settings else {}
        prepare(self, *args, **{**settings, **quick})

    CryptContext.__init__ = prepare_quick


if __name__ == "__main__":
    if rounds := os.environ.get("CAMPUS_PASSWORD_ROUNDS", ""):
        hash_quickly(int(rounds))
    if checkout := os.environ.pop("CAMPUS_MARK", ""):
        mark_answers(f"{checkout}-{os.getpid()}")
    if given := os.environ.pop("CAMPUS_LISTENER", ""):
        take_socket(int(given))
    odoo.cli.main()
