"""What the general ledger must hold after the story, and what it holds."""

from collections import Counter, namedtuple

from .rpc import search_read

# Codes of the Chinese chart as campus_card sets them up.
CASH, SUBSIDY, CLEARING = "224111", "224112", "122141"
OPENING, OFFICE_CASH = "190141", "100141"
CARD_CODES = {CASH, SUBSIDY, CLEARING, OPENING, OFFICE_CASH}
# Other accounts are the chart's own choice: what they are for says enough.
RECEIVABLE, INCOME, DRAWER = "asset_receivable", "income", "asset_cash"

Item = namedtuple("Item", "journal account debit_minor credit_minor")


def close_items(openings, topup_minor, spent, returned):
    """The day close: gross on both sides, one line per account, place and side.

    :param openings: ``{plan: cents}`` of the imported file; so are ``spent`` and ``returned``
    """
    sold, refunded = sum(spent.values()), sum(returned.values())
    debits = [
        (CASH, spent["Cash"]),
        (SUBSIDY, spent["Subsidy"]),
        (OFFICE_CASH, topup_minor),
        (CLEARING, refunded),
        (OPENING, sum(openings.values())),
    ]
    credits = [
        (CASH, openings["Cash"] + topup_minor + returned["Cash"]),
        (SUBSIDY, openings["Subsidy"] + returned["Subsidy"]),
        (CLEARING, sold),
    ]
    items = [Item("CAMP", code, minor, 0) for code, minor in debits]
    return items + [Item("CAMP", code, 0, minor) for code, minor in credits]


def session_items(sold_minor, refunded_minor, cash_minor):
    """The till's session: income, and each way of paying through the receivable."""
    card_minor = sold_minor - refunded_minor
    return [
        Item("POSS", INCOME, 0, sold_minor + cash_minor),
        Item("POSS", INCOME, refunded_minor, 0),
        Item("POSS", RECEIVABLE, card_minor, 0),
        Item("POSS", RECEIVABLE, cash_minor, 0),
        Item("CARD", CLEARING, card_minor, 0),
        Item("CARD", RECEIVABLE, 0, card_minor),
        Item("TILL", DRAWER, cash_minor, 0),
        Item("TILL", RECEIVABLE, 0, cash_minor),
    ]


def posted_items(visitor, company):
    """Every posted journal item of a company, as somebody who may read the books sees them."""
    domain = [("company_id", "=", company), ("parent_state", "=", "posted")]
    lines = search_read(visitor, "account.move.line", domain, ["journal_id", "account_id", "debit", "credit"])
    journals = {
        row["id"]: row["code"]
        for row in search_read(visitor, "account.journal", [("company_id", "=", company)], ["code"])
    }
    ids = list({line["account_id"][0] for line in lines})
    accounts = {
        row["id"]: row["code"] if row["code"] in CARD_CODES else row["account_type"]
        for row in search_read(visitor, "account.account", [("id", "in", ids)], ["code", "account_type"])
    }
    return Counter(
        Item(
            journals[line["journal_id"][0]],
            accounts[line["account_id"][0]],
            round(line["debit"] * 100),
            round(line["credit"] * 100),
        )
        for line in lines
    )


def balance_minor(items, account):
    """Debits less credits of an account."""
    return sum(
        (item.debit_minor - item.credit_minor) * count
        for item, count in items.items()
        if item.account == account
    )
