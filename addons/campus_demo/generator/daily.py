"""Phones, links, limits, places and losses: the parts of the demo that are not in the history of money."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from .person import STUDENT, TEACHER

#: One in so many holders has online payments behind the top-ups, besides the cast.
ONLINE_EVERY = 500
#: The emergency code that the manual names, so that it can be tried at a till: campus number and digits.
EMERGENCY_CODE = "31415926"
#: The student's PIN, which is also in the manual. It is needed above ``PIN_ABOVE_MINOR`` a day.
PIN = "4071"
PIN_ABOVE_MINOR = 10000


@dataclass(frozen=True)
class Spot:
    """A point on the map, with the codes of its tills and terminals."""

    name: str
    name_en: str
    latitude: float
    longitude: float
    tills: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()


#: The staff dining room is on the old campus, 4 km away.
SPOTS = (
    Spot("一食堂", "Canteen 1", 31.3049, 120.7342, ("canteen_rice", "canteen_noodle"), ("T01", "B01")),
    Spot("二食堂", "Canteen 2", 31.3071, 120.7391, ("canteen_spicy", "canteen_halal")),
    Spot("三食堂", "Canteen 3", 31.3018, 120.7418, ("canteen_wok",)),
    Spot("生活区", "Dormitories", 31.3026, 120.7435, ("shop",), ("S01",)),
    Spot("图书馆", "Library", 31.3056, 120.7379, (), ("P01", "G01", "D01")),
    Spot("老校区", "Old campus", 31.3012, 120.6921, ("canteen_staff",)),
)


@dataclass(frozen=True)
class Standing:
    """An automatic top-up: charge ``amount`` when less than ``threshold`` is left, in cents."""

    role: str
    threshold_minor: int
    amount_minor: int
    ending: str
    paused: bool = False


STANDINGS = (
    Standing(STUDENT, 5000, 5000, "6688"),
    Standing(TEACHER, 10000, 10000, "2046"),
    Standing("poor", 2000, 5000, "9012", paused=True),
)


@dataclass(frozen=True)
class Link:
    role: str
    shown_name: str
    revoked: bool = False


LINKS = (
    Link(STUDENT, "晓雨（妈妈用）"),
    Link(STUDENT, "晓雨 · 旧链接", revoked=True),
    Link("poor", "子昂"),
)


@dataclass(frozen=True)
class Started:
    """A payment that did not become a top-up: how many hours ago, and what the provider reports."""

    role: str
    state: str
    amount_minor: int
    hours_ago: int


STARTED = (
    Started("granted", "pending", 10000, 2),
    Started("poor", "error", 5000, 5),
    Started(STUDENT, "cancel", 20000, 51),
    Started("teacher", "pending", 20000, 1),
    Started(STUDENT, "error", 10000, 75),
)


@dataclass(frozen=True)
class Dispute:
    """A disputed purchase: how many purchases before the last one. Without an ``ending`` it is open."""

    role: str
    back: int
    reason: str
    ending: str = ""
    answer: str = ""


DISPUTES = (
    Dispute(STUDENT, 3, "同一份饭刷了两次。"),
    Dispute(STUDENT, 9, "这天我不在学校。", "refused", "监控显示由本人刷卡，金额与小票一致。"),
    Dispute("granted", 4, "只买了一份面，多收了 6 元。"),
    Dispute("granted", 12, "退菜没有退款。", "settled", "已由窗口退回 8.00 元，请查看明细。"),
    Dispute(TEACHER, 5, "金额不对。"),
)


@dataclass(frozen=True)
class Phone:
    role: str
    name: str
    removed: bool = False


#: The student has no phone yet, because setting one up is what visitors try first.
PHONES = (
    Phone(STUDENT, "小米 13 · Chrome", removed=True),
    Phone("granted", "华为 Mate 60 · 浏览器"),
    Phone(TEACHER, "iPhone 15 · Safari"),
)
KIOSKS = ("一食堂大厅自助机", "图书馆大厅自助机")

#: Hours ago, channel, how the identity was checked, whether the card was found again.
LOSSES = ((3, "portal", "", False), (20, "hotline", "生日与宿舍号", False), (70, "kiosk", "", True))

#: The teacher's PIN at doors, which is also in the manual.
DOOR_PIN = "7294"
#: The drill of a lockdown: why, and with which words it ended.
DRILL_REASON, DRILL_END = "季度封控演练", "演练结束，各门响应正常"
LOOK_REASON = "核实 A12 宿舍门晚归登记"


@dataclass(frozen=True)
class Visit:
    """A visitor of the day, at one zone of the house; the host is the teacher."""

    visitor: str
    comes_from: str
    reason: str
    zone: str
    first: dt.time
    last: dt.time


VISIT = Visit("周启明", "苏州工业技术研究院", "洽谈联合实验室", "studio", dt.time(8, 30), dt.time(20, 0))


@dataclass(frozen=True)
class Request:
    """Asks for a zone for some days. Without an ``answer`` it waits."""

    role: str
    zone: str
    days: int
    reason: str
    hours_ago: int
    answer: str = ""


REQUESTS = (
    Request("granted", "room203", 14, "导师课题组周会，每周三次。", 75, "同意，请爱护设备。"),
    Request(STUDENT, "studio", 30, "参加机器人竞赛，课余需使用项目工作室。", 20),
)
