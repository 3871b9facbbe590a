"""Joins the doors to the readers of an edge: what is wired where, and who hears what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from ..config import KEYPAD, Config, ReaderConfig
from ..loop import Loop
from ..protocols.base import READY, RELOCK, UNLOCK, Feedback, Input, ReaderState, Rekeyed, Tamper
from ..readers import drivers
from ..readers.keying import Keying
from . import boards
from .doors import Around, Doors
from .inputs import Wiring

if TYPE_CHECKING:
    from ..edge import Edge


OSDP: Final = "osdp"


def wirings(readers: Iterable[ReaderConfig]) -> dict[str, Wiring]:
    """Return what is wired to each terminal's reader."""
    return {
        each.terminal: Wiring(
            each.contact_input, each.exit_input, each.fire_input, each.lockdown_input, each.held_open_ms,
            each.lockdown_level, each.lockdown_zone, each.muster,
        )
        for each in readers
        if each.use != KEYPAD
    }  # fmt: skip


def join(edge: Edge, loop: Loop, keying: Keying, config: Config) -> Doors:
    """Make the doors of an edge whose other parts are there."""
    readers = edge.readers
    around = Around(
        loop, edge.clock, edge.journal, edge.snapshot, edge.engine, edge.sender.wake,
        edge.listener.hears_others, readers.show, config.language,
    )  # fmt: skip

    locks = {each.terminal for each in config.readers if each.driver == OSDP and each.relay >= 0}

    def hold(terminal: str, is_free: bool) -> None:
        # another reader has lamps alone, and would light them
        if terminal in locks:
            readers.show(terminal, Feedback(UNLOCK if is_free else RELOCK))

    doors = Doors(around, config.state_folder, wirings(config.readers), hold)
    keying.pins = doors.pins

    def hear(config: ReaderConfig, event: Input | Tamper | ReaderState | Rekeyed) -> None:
        if isinstance(event, Input):
            doors.inputs.change(config.terminal, event.number, event.is_on)
        elif isinstance(event, Tamper):
            doors.inputs.tamper(config.terminal, event.on)
        elif isinstance(event, Rekeyed):
            drivers.keep_next_key(config)
        elif event.state == READY:
            doors.hold_again(config.terminal)

    boards_around = boards.Around(
        edge.snapshot, edge.journal, edge.clock, config.state_folder, doors.is_free, doors.is_locked,
        lambda: edge.snapshot.version, doors.board_took, edge.sender.wake,
    )  # fmt: skip
    doors.boards = tuple(boards.Board(each, boards_around) for each in config.boards)
    edge.clock.on_step.append(lambda: loop.post(doors.places.positions.not_later, edge.clock.now_ms()))
    readers.listen(hear)
    edge.listener.on_push = doors.pushed
    return doors
