"""The old card file as the story needs it, read without any of our code."""

import csv
import io
from dataclasses import dataclass
from decimal import Decimal

FILE = "vendor_a_cards.csv"
# As tests/data/README.md states them.
ROWS = 3000
CASH_MINOR = 71_291_861
SUBSIDY_MINOR = 14_277_623


@dataclass(frozen=True)
class Holder:
    """A person of the file with an active card without an end; ``uid`` as printed on the card."""

    number: str
    name: str
    department: str
    uid: str
    cash_minor: int
    subsidy_minor: int

    @property
    def balance_minor(self):
        return self.cash_minor + self.subsidy_minor


def rows(path):
    """The rows of the file, by header."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("gb18030"))))


def departments(path):
    """How many departments the file names."""
    return len({row["部门"] for row in rows(path)})


def holders(folder):
    """Those whose card is good for ever, in the order of the file."""
    return [
        Holder(
            number=row["学工号"],
            name=row["姓名"],
            department=row["部门"],
            uid=row["物理卡号"],
            cash_minor=_minor(row["卡余额"]),
            subsidy_minor=_minor(row["补助余额"]),
        )
        for row in rows(folder / FILE)
        if (row["卡状态"], row["有效期"]) == ("正常", "20991231")
    ]


def two_pockets(folder, price_minor):
    """A holder whose lunch takes all the subsidy and a little cash."""
    return next(
        holder
        for holder in holders(folder)
        if price_minor - 320 < holder.subsidy_minor < price_minor < holder.balance_minor
    )


def nearly_empty(folder, price_minor):
    """A holder with some money, but not enough."""
    return next(holder for holder in holders(folder) if 0 < holder.balance_minor < price_minor)


def _minor(yuan):
    return int(Decimal(yuan) * 100)
