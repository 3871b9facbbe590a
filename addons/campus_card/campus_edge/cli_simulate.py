"""``campus-edge simulate``: a reader in software that speaks the real wire, with cards put on it."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from campus_core.errors import UidError
from campus_core.uid import normalise

from .protocols.osdp_secure import KEY_BYTES
from .simulators.cards import Card
from .simulators.osdp_reader import OsdpReader
from .simulators.pn532 import Pn532Module
from .simulators.rdm6300 import Rdm6300Reader
from .simulators.wire import Wire

DEVICES: Final[dict[str, Callable[[argparse.Namespace], Any]]] = {
    "rdm6300": lambda args: Rdm6300Reader(),
    "pn532": lambda args: Pn532Module(),
    "osdp": lambda args: OsdpReader(args.address, args.key),
}
#: How long a hand holds a card on a reader.
HOLD_S: Final = 0.4


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("driver", choices=sorted(DEVICES))
    parser.add_argument("cards", nargs="*", metavar="UID", help="cards to put on it; without: from stdin")
    parser.add_argument("--tcp", type=int, metavar="PORT", help="listen on this port of 127.0.0.1")
    parser.add_argument("--link", type=Path, help="make a serial line with this name")
    parser.add_argument("--every-ms", type=int, default=2_000, help="pause between two cards")
    parser.add_argument("--rounds", type=int, default=1, help="how often all the cards; 0: for ever")
    parser.add_argument("--address", type=int, default=0, help="of an OSDP reader, 0 to 126")
    parser.add_argument(
        "--key-file", type=_key, dest="key", metavar="FILE", help="key of an OSDP reader, 32 hex digits"
    )
    parser.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Put the cards on the reader, one after the other."""
    with Wire(DEVICES[args.driver](args), args.tcp, args.link) as wire:
        print(f"{args.driver} on {wire.url}", flush=True)
        for text in _cards(args):
            try:
                card = Card(normalise(text))
                with wire.lock:
                    wire.device.put(card)
            except (UidError, ValueError) as error:
                print(f"{text}: {error}", file=sys.stderr)
                continue
            print(f"card {card.uid}", flush=True)
            time.sleep(HOLD_S)
            with wire.lock:
                wire.device.take()
            time.sleep(max(args.every_ms / 1000 - HOLD_S, 0))
    return 0


def _key(path: str) -> bytes:
    try:
        key = bytes.fromhex(Path(path).read_text("ascii"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if len(key) != KEY_BYTES:
        raise argparse.ArgumentTypeError(f"{path} must hold {2 * KEY_BYTES} hex digits")
    return key


def _cards(args: argparse.Namespace) -> Iterator[str]:
    if not args.cards:
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    left = args.rounds or -1
    while left != 0:
        yield from args.cards
        left -= 1
