"""``python -m campus_edge.lan``: only readers for tills, without server and journal.

Ends on SIGINT or SIGTERM. Exit code 2: a setting is wrong or the address is taken.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence

from .config import PORT, LanConfig, LanConfigError
from .reader_feed import ReaderFeed
from .reader_line import parse_readers
from .server import LanServer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until a signal ends it; return the exit code."""
    args = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        config = LanConfig(
            bind=args.bind,
            port=args.port,
            origins=tuple(args.origin),
            hosts=tuple(args.host),
            token=args.token,
            cert_file=args.cert,
            key_file=args.key,
        )
        readers = {line.terminal: line.port for line in parse_readers(args.readers)}
        if not readers or not config.origins:
            raise LanConfigError("readers" if config.origins else "origins", "must name at least one")
        _run(config, ReaderFeed(args.name, readers))
    except (LanConfigError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _run(config: LanConfig, feed: ReaderFeed) -> None:
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    feed.start()
    try:
        with LanServer(config, feed):
            stopping.wait()
    finally:
        feed.stop()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("campus_edge.lan", description="Card readers for tills on this machine")
    parser.add_argument("--readers", required=True, help="T01=rdm6300:/dev/ttyUSB0,T02=pn532:/dev/ttyUSB1")
    parser.add_argument(
        "--origin", action="append", default=[], help="address from which the POS is loaded; may be repeated"
    )
    parser.add_argument(
        "--bind", default="127.0.0.1", help="address to listen on, 0.0.0.0 for tills elsewhere"
    )
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--host", action="append", default=[], help="name of this machine in the POS")
    parser.add_argument("--token", default="", help="what tills must know to get scans")
    parser.add_argument("--cert", default="", help="certificate (PEM) for TLS")
    parser.add_argument("--key", default="", help="its private key (PEM)")
    parser.add_argument("--name", default="", help="shown on the status page")
    return parser


if __name__ == "__main__":
    sys.exit(main())
