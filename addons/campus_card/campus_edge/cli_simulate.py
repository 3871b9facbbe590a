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

from .simulators.cards import Card
from .simulators.pn532 import Pn532Module
from .simulators.rdm6300 import Rdm6300Reader
from .simulators.wire import Wire

DEVICES: Final[dict[str, Callable[[], Any]]] = {"rdm6300": Rdm6300Reader, "pn532": Pn532Module}
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
    parser.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Put the cards on the reader, one after the other."""
    with Wire(DEVICES[args.driver](), args.tcp, args.link) as wire:
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


def _cards(args: argparse.Namespace) -> Iterator[str]:
    if not args.cards:
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    left = args.rounds
    while left != 0:
        yield from args.cards
        left -= 1
