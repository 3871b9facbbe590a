"""The devices of the school: two edges with six terminals."""

from __future__ import annotations

from dataclasses import dataclass

from .campus import Account

#: Merchants that sell without a till. The day close books their sales as income.
SELF_SERVICE = (
    Account("breakfast", "早餐快取", "Breakfast line"),
    Account("shower", "宿舍热水", "Showers"),
    Account("printing", "自助打印", "Self-service printing"),
)


@dataclass(frozen=True)
class Terminal:
    """A terminal. Amounts are in cents; only terminals with a fixed amount have one."""

    code: str
    name: str
    name_en: str
    purpose: str = "pay"
    merchant: str = ""
    amount_mode: str = "fixed"
    amount_minor: int = 0


@dataclass(frozen=True)
class Edge:
    """An edge, the machine beside the readers."""

    name: str
    place: str
    terminals: tuple[Terminal, ...]


EDGES = (
    Edge(
        "一食堂边缘机",
        "一食堂配电间",
        (
            Terminal("T01", "早餐快取通道", "Breakfast line", merchant="breakfast", amount_minor=350),
            Terminal("S01", "热水控制器", "Shower", merchant="shower", amount_mode="sent"),
            Terminal("B01", "余额查询机", "Balance display", purpose="balance"),
        ),
    ),
    Edge(
        "图书馆边缘机",
        "图书馆弱电间",
        (
            Terminal("P01", "自助打印机", "Printer", merchant="printing", amount_mode="sent"),
            Terminal("G01", "图书馆闸机", "Library gate", purpose="gate"),
            Terminal("D01", "特藏阅览室门", "Special collections door", purpose="door"),
        ),
    ),
)
