"""Rows and files of old card systems for the tests of the readers."""

import io
from datetime import date

from openpyxl import Workbook
from vendor_profiles import VENDOR_A, VENDOR_B

from campus_core.card_file import reading as card_file

HEADER = "账号,学工号,姓名,性别,部门,身份,物理卡号,卡余额,补助余额,卡状态,有效期,开户日期"


ROW = {
    "账号": "100000",
    "学工号": "20230300000",
    "姓名": "卢彤强",
    "性别": "女",
    "部门": "生命科学学院",
    "身份": "本科生",
    "物理卡号": "2316734416",
    "卡余额": "12.30",
    "补助余额": "0.00",
    "卡状态": "正常",
    "有效期": "20270731",
    "开户日期": "20240801",
}


SECOND = {**ROW, "账号": "100001", "学工号": "20220100001", "物理卡号": "2014070210"}


def csv_of(*rows, end="\r\n", encoding="gb18030", header=HEADER):
    lines = [header, *(",".join(row.values()) for row in rows)]
    return ("\r\n".join(lines) + end).encode(encoding)


def read(content, profile=VENDOR_A):
    return card_file.read_bytes(content, profile)


def only_problem(reading):
    assert not reading.fatal
    assert len(reading.problems) == 1, reading.problems
    return reading.problems[0]


def only_fatal(reading):
    assert len(reading.fatal) == 1, reading.fatal
    return reading.fatal[0]


def workbook(*rows, header=tuple(column.header for column in VENDOR_B.columns)):
    book = Workbook()
    for row in (("某大学 卡户资料导出",), header, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


SHEET_ROW = (
    "883000",
    "20250503000",
    "戴鸿军",
    "经济管理学院",
    "本科生",
    "1AFDAFB2",
    22305,
    27482,
    0,
    0,
    date(2029, 7, 31),
    None,
)


def sheet_row(**changes):
    names = [
        "account",
        "number",
        "name",
        "dept",
        "role",
        "uid",
        "cash",
        "subsidy",
        "lost",
        "frozen",
        "until",
        "remark",
    ]
    return tuple(changes.get(name, cell) for name, cell in zip(names, SHEET_ROW, strict=True))
