"""``campus-edge osdp-set``: sets the address or speed of the only reader on a line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ..protocols.osdp_config import ReaderConfig
from ..protocols.osdp_secure import KEY_BYTES
from ..readers.drivers import OSDP_BAUD
from ..readers.osdp_move import BAUDS, NotMoved, move


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("url", help="the line: /dev/ttyUSB0 or socket://host:port; no edge may use it now")
    parser.add_argument("--address", type=int, required=True, help="where the reader answers now, 0 to 126")
    parser.add_argument("--baud", type=int, choices=BAUDS, default=OSDP_BAUD, help="its speed now")
    parser.add_argument("--key-file", type=Path, help="its key, 32 hex digits; without: in the clear")
    parser.add_argument("--to-address", type=int, required=True, help="where it is to answer")
    parser.add_argument("--to-baud", type=int, choices=BAUDS, help="its new speed; left out: as now")
    parser.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Set the reader; return 0 when it answers at its new address and speed."""
    to_baud = args.to_baud or args.baud
    try:
        key = bytes.fromhex(args.key_file.read_text("ascii")) if args.key_file else None
        if key is not None and len(key) != KEY_BYTES:
            raise ValueError(f"{args.key_file} must hold {2 * KEY_BYTES} hex digits")
        ReaderConfig(args.to_address, key)
        move(args.url, ReaderConfig(args.address, key), args.baud, args.to_address, to_baud)
    except (NotMoved, OSError, ValueError) as error:
        print(f"campus-edge: {error}", file=sys.stderr)
        return 1
    print(f"the reader answers at address {args.to_address} and {to_baud} baud")
    return 0
