"""``campus-edge simulate``: a reader in software that uses the real protocol, with simulated cards."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from campus_core.credentials.uids import HEX_BE, WHOLE_FORMS
from campus_core.errors import UidError

from ..protocols.osdp_secure import KEY_BYTES
from ..simulators import vpcd
from ..simulators.desk import OnPcsc, OnWire, Simulated, Typing, card_of
from ..simulators.keypad import SerialKeypad
from ..simulators.osdp_reader import OsdpReader
from ..simulators.pn532 import Pn532Module
from ..simulators.rdm6300 import Rdm6300Reader

SIMULATORS: Final[dict[str, Callable[[argparse.Namespace], Simulated]]] = {
    "rdm6300": lambda args: OnWire(Rdm6300Reader(), args.tcp, args.link),
    "pn532": lambda args: OnWire(Pn532Module(), args.tcp, args.link),
    "osdp": lambda args: OnWire(OsdpReader(args.address, args.key), args.tcp, args.link),
    "pcsc": lambda args: OnPcsc(args.tcp or vpcd.PORT),
    "wedge": lambda args: Typing(args.link, args.form),
    "keypad": lambda args: OnWire(SerialKeypad(), args.tcp, args.link),
}
#: How long a card stays on the reader.
HOLD_S: Final = 0.4
KEYS: Final = "keys:"
#: ``pass:UID`` shows the card, and opens and closes the door if the lock opens; ``open:0`` and ``close:0`` change
#: the input with that number.
PASS, OPEN, CLOSE = "pass:", "open:", "close:"
#: How long the lock is waited for, and how long the door then stands open.
LOCK_S, DOOR_S = 3.0, 0.5
CONTACT: Final = 0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("driver", choices=sorted(SIMULATORS))
    parser.add_argument(
        "cards",
        nargs="*",
        metavar="UID",
        help="cards to put on it, ntag424:UID, keys:350# to press keys, pass:UID to go through a door, "
        "open:0 and close:0 for its contact; without: from stdin",
    )
    parser.add_argument(
        "--tcp",
        type=int,
        metavar="PORT",
        help="listen on this port of 127.0.0.1; pcsc: where the virtual reader listens",
    )
    parser.add_argument("--link", type=Path, help="make a serial line, or a pipe of keys, with this name")
    parser.add_argument("--form", choices=WHOLE_FORMS, default=HEX_BE, help="how a wedge types a UID")
    parser.add_argument("--every-ms", type=int, default=2_000, help="pause between two cards")
    parser.add_argument("--rounds", type=int, default=1, help="how often all the cards; 0: for ever")
    parser.add_argument("--pipe", type=Path, help="take what to do from this named pipe, for ever")
    parser.add_argument("--address", type=int, default=0, help="of an OSDP reader, 0 to 126")
    parser.add_argument(
        "--key-file", type=_key, dest="key", metavar="FILE", help="key of an OSDP reader, 32 hex digits"
    )
    parser.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Put the cards on the reader, one after the other."""
    with SIMULATORS[args.driver](args) as reader:
        print(f"{args.driver} on {reader.address}", flush=True)
        for text in _cards(args):
            try:
                print(_do(reader, text), flush=True)
            except (UidError, ValueError, OSError) as error:
                print(f"{text}: {error}", file=sys.stderr)
                continue
            time.sleep(HOLD_S)
            reader.take()
            time.sleep(max(args.every_ms / 1000 - HOLD_S, 0))
    return 0


def _do(reader: Simulated, text: str) -> str:
    """Put a card on the reader, or press keys; return a text that says what was done."""
    if text.startswith(KEYS):
        keys = text.removeprefix(KEYS)
        reader.press(keys)
        return f"{len(keys)} keys"
    if text.startswith((OPEN, CLOSE)):
        what, _colon, number = text.partition(":")
        reader.switch(int(number), what == OPEN[:-1])
        return f"input {number}: {what}"
    card = card_of(text.removeprefix(PASS))
    reader.is_opened()
    reader.put(card)
    return _pass(reader, card.uid) if text.startswith(PASS) else f"card {card.uid}"


def _pass(reader: Simulated, uid: str) -> str:
    """Go through the door if its lock opens."""
    end = time.monotonic() + LOCK_S
    while not reader.is_opened():
        if time.monotonic() > end:
            return f"card {uid}: the door stays shut"
        time.sleep(HOLD_S / 20)
    reader.switch(CONTACT, True)
    time.sleep(DOOR_S)
    reader.switch(CONTACT, False)
    return f"card {uid}: gone through"


def _key(path: str) -> bytes:
    try:
        key = bytes.fromhex(Path(path).read_text("ascii"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if len(key) != KEY_BYTES:
        raise argparse.ArgumentTypeError(f"{path} must hold {2 * KEY_BYTES} hex digits")
    return key


def _piped(path: Path) -> Iterator[str]:
    """Yield the lines that anybody writes into the pipe, which is made if it is not there."""
    if not path.exists():
        os.mkfifo(path, 0o600)
    while True:
        with path.open() as pipe:
            yield from (line.strip() for line in pipe if line.strip())


def _cards(args: argparse.Namespace) -> Iterator[str]:
    if args.pipe is not None:
        yield from _piped(args.pipe)
        return
    if not args.cards:
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    left = args.rounds or -1
    while left != 0:
        yield from args.cards
        left -= 1
