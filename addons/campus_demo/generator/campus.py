"""The school itself: departments, merchants and top-up channels."""

from __future__ import annotations

from dataclasses import dataclass

NAME = "澄湖大学"
NAME_EN = "Chenghu University"
STREET = "书院路 1 号"
CITY = "苏州市"
ZIP = "215123"
DOMAIN = "chenghu.example"
TZ = "Asia/Shanghai"


@dataclass(frozen=True)
class Department:
    """``number`` is the part of a student number that stands for the faculty."""

    code: str
    name: str
    parent: str | None = None
    number: str = ""
    students: int = 0
    postgraduates: int = 0
    teachers: int = 0
    staff: int = 0


#: Twelve departments; the counts and those of people.py add up to 2,000 holders.
DEPARTMENTS = (
    Department("HUM", "人文学部"),
    Department("CHI", "文学院", "HUM", "11", students=170, postgraduates=32, teachers=32),
    Department("FOR", "外国语学院", "HUM", "12", students=150, postgraduates=20, teachers=28),
    Department("SCI", "理工学部"),
    Department("MAT", "理学院", "SCI", "21", students=160, postgraduates=40, teachers=36),
    Department("CS", "计算机学院", "SCI", "22", students=270, postgraduates=58, teachers=42),
    Department("ME", "机电工程学院", "SCI", "23", students=210, postgraduates=36, teachers=34),
    Department("BUS", "商学院", None, "31", students=180, postgraduates=30, teachers=28),
    Department("MED", "医学院", None, "41", students=100, postgraduates=24, teachers=20),
    Department("ADM", "机关与直属单位", None, "90", staff=46),
    Department("LIB", "图书馆", "ADM", "91", staff=32),
    Department("LOG", "后勤服务中心", "ADM", "92", staff=72),
)
FACULTIES = tuple(department for department in DEPARTMENTS if department.students)
OFFICES = tuple(department for department in DEPARTMENTS if department.staff)


@dataclass(frozen=True)
class Account:
    """A merchant with a till, or a channel through which cards are topped up."""

    code: str
    name: str
    name_en: str


CANTEENS = (
    Account("canteen_rice", "一食堂·基本伙", "Canteen 1: daily dishes"),
    Account("canteen_noodle", "一食堂·面点", "Canteen 1: noodles and buns"),
    Account("canteen_spicy", "二食堂·川湘风味", "Canteen 2: Sichuan and Hunan"),
    Account("canteen_halal", "二食堂·清真", "Canteen 2: halal"),
    Account("canteen_wok", "三食堂·麻辣香锅", "Canteen 3: spicy pot"),
    Account("canteen_staff", "教工餐厅", "Staff dining room"),
)
SHOP = Account("shop", "校园超市", "Campus shop")
MERCHANTS = (*CANTEENS, SHOP)

CASH_DESK = "cash_desk"
CHANNELS = (
    Account("wechat", "微信支付", "WeChat Pay"),
    Account("alipay", "支付宝", "Alipay"),
)
