"""The settings of controller boards: ``[[board]]`` in the settings of the edge."""

from __future__ import annotations

from typing import Any, NamedTuple

from campus_core.access import board


class BoardConfig(NamedTuple):
    """A board: serial number, address, and the terminals' codes of its doors 1 to 4, ``(in, out)``."""

    serial: int
    address: str
    doors: tuple[tuple[str, str], ...]


def parse(rows: Any) -> tuple[BoardConfig, ...]:
    """Read the tables ``[[board]]`` of the settings; ``ValueError`` names what is wrong."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("boards are tables of their own: [[board]]")
    return tuple(map(_parse, rows))


def _parse(row: dict[str, Any]) -> BoardConfig:
    if unknown := set(row) - {"serial", "address", "doors"}:
        raise ValueError(f"board.{min(unknown)} is not a setting; there are address, doors, serial")
    serial, address, doors = row.get("serial"), row.get("address"), row.get("doors")
    if type(serial) is not int or not 0 < serial < 1 << 32:
        raise ValueError("board.serial must be the number on the board")
    if not isinstance(address, str) or not address:
        raise ValueError(f"board.address of {serial} is missing: 192.168.1.100:60000")
    is_list = isinstance(doors, list) and 1 <= len(doors) <= board.DOORS
    if not is_list or not all(isinstance(door, str) and len(door) <= 65 for door in doors or ()):
        raise ValueError(f'board.doors of {serial}: one to four terminals, as "IN" or "IN/OUT", "" for none')
    return BoardConfig(
        serial, address, tuple((code, out) for code, _, out in (d.partition("/") for d in doors or ()))
    )
