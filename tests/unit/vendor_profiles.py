"""The profiles of the two sample files, as the addon ships them in data/."""

from datetime import date
from pathlib import Path

from campus_core.card_file.types import Column, Profile

DATA = Path(__file__).parent.parent / "data"

ROLES = {"本科生": "student", "研究生": "student", "教职工": "staff", "临时人员": "visitor"}

VENDOR_A = Profile(
    "vendor_a",
    (
        Column("账号", "account", required=True),
        Column("学工号", "number", required=True),
        Column("姓名", "name", required=True),
        Column("部门", "department", required=True),
        Column("身份", "role", required=True),
        Column("物理卡号", "uid", "dec_le", required=True),
        Column("卡余额", "amount", "yuan", "cash", required=True),
        Column("补助余额", "amount", "yuan", "subsidy", required=True),
        Column("卡状态", "status", required=True),
        Column("有效期", "valid_until", "ymd"),
        Column("开户日期", "valid_from", "ymd"),
    ),
    status_words={"正常": "active", "挂失": "lost", "冻结": "frozen", "注销": "closed"},
    role_words=ROLES,
    no_end=date(2099, 12, 31),
)

VENDOR_B = Profile(
    "vendor_b",
    (
        Column("CardNo", "account", required=True),
        Column("StuEmpNo", "number", required=True),
        Column("Name", "name", required=True),
        Column("Dept", "department", required=True),
        Column("Type", "role", required=True),
        Column("UID(HEX)", "uid", "hex_be", required=True),
        Column("Balance(分)", "amount", "fen", "cash", required=True),
        Column("Subsidy(分)", "amount", "fen", "subsidy", required=True),
        Column("Lost", "flag", detail="lost", required=True),
        Column("Frozen", "flag", detail="frozen", required=True),
        Column("ExpDate", "valid_until", "ymd"),
        Column("Remark", "remark"),
    ),
    role_words=ROLES,
    remark_words={"已销户": "closed"},
    no_end=date(2099, 12, 31),
)
