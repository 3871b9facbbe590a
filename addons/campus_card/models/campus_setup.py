"""What a company's books need before a card can be used: pure tables, no logic.

Chinese codes are children of the accounts of the two standards in ``l10n_cn``
(1221 other receivables, 1901 pending gains and losses, 2241 other payables ...).
"""

from collections import namedtuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

JOURNAL_CODE = "CAMP"
JOURNAL_NAME = _lt("Campus Card")

# key -> account.account. `codes` are the first codes to try per chart of accounts.
GlAccount = namedtuple("GlAccount", "key name account_type codes")


def _codes(cn, cn_large, generic):
    return {"cn": cn, "cn_large_bis": cn_large, "generic_coa": generic}


GL_ACCOUNTS = (
    GlAccount(
        "campus_cash",
        _lt("Card Balances: Cash"),
        "liability_current",
        _codes("224111", "224111", "2131"),
    ),
    GlAccount(
        "campus_subsidy",
        _lt("Card Balances: Subsidy"),
        "liability_current",
        _codes("224112", "224112", "2132"),
    ),
    GlAccount(
        "campus_meal",
        _lt("Card Balances: Meal Plan"),
        "liability_current",
        _codes("224113", "224113", "2133"),
    ),
    GlAccount(
        "campus_gift",
        _lt("Card Balances: Gifts"),
        "liability_current",
        _codes("224114", "224114", "2134"),
    ),
    GlAccount(
        "campus_clearing",
        _lt("Card Clearing"),
        "asset_current",
        _codes("122141", "122141", "1231"),
    ),
    GlAccount(
        "campus_debt",
        _lt("Card Holders' Debts"),
        "asset_current",
        _codes("122142", "122142", "1232"),
    ),
    # Money that a payment provider has taken and a day close has not yet put on cards.
    GlAccount(
        "campus_transit",
        _lt("Card Top-ups in Transit"),
        "asset_current",
        _codes("122143", "122143", "1233"),
    ),
    # Of no bank or cash type, which would want a journal of its own: a counter is counted,
    # not matched with a statement. It may be replaced by the account of a cash journal.
    GlAccount(
        "campus_office_cash",
        _lt("Card Office Cash"),
        "asset_current",
        _codes("100141", "100141", "1019"),
    ),
    # Debts that are paid to the school's bank; emptied when the statement is booked.
    GlAccount(
        "campus_office_bank",
        _lt("Card Debts Paid by Bank"),
        "asset_current",
        _codes("122144", "122144", "1234"),
    ),
    GlAccount(
        "campus_opening",
        _lt("Card Migration Suspense"),
        "asset_current",
        _codes("190141", "190141", "1241"),
    ),
    GlAccount(
        "campus_correction",
        _lt("Card Correction Suspense"),
        "asset_current",
        _codes("190142", "190142", "1242"),
    ),
    GlAccount(
        "campus_suspense",
        _lt("Card Unmatched Suspense"),
        "asset_current",
        _codes("190143", "190143", "1243"),
    ),
    # For merchants that do not sell over a till of Odoo, which books the income itself.
    GlAccount(
        "campus_sales",
        _lt("Card Sales without Till"),
        "income",
        _codes("500141", "600141", "4041"),
    ),
    GlAccount(
        "campus_fee",
        _lt("Card Fee Income"),
        "income_other",
        _codes("505141", "605141", "4510"),
    ),
    # What was on cards and could not be spent in time.
    GlAccount(
        "campus_expired",
        _lt("Expired Card Money"),
        "income_other",
        _codes("505142", "605142", "4511"),
    ),
    GlAccount(
        "campus_debt_loss",
        _lt("Card Debts Written Off"),
        "expense",
        _codes("560242", "660242", "6133"),
    ),
    GlAccount(
        "campus_subsidy_cost",
        _lt("Meal Subsidies Granted"),
        "expense",
        _codes("560241", "660241", "6131"),
    ),
    GlAccount(
        "campus_campaign_cost",
        _lt("Card Campaigns and Gifts"),
        "expense",
        _codes("560141", "660141", "6132"),
    ),
)

# After money that expires, the lowest `sequence` is spent first: cash lasts longest.
PocketPlan = namedtuple("PocketPlan", "code name sequence refundable gl_key")

POCKET_PLANS = (
    PocketPlan("gift", _lt("Gift"), 5, False, "campus_gift"),
    PocketPlan("subsidy", _lt("Subsidy"), 10, False, "campus_subsidy"),
    PocketPlan("meal", _lt("Meal Plan"), 20, False, "campus_meal"),
    PocketPlan("cash", _lt("Cash"), 30, True, "campus_cash"),
)

SystemAccount = namedtuple("SystemAccount", "code kind name gl_key")

SYSTEM_ACCOUNTS = (
    SystemAccount("opening", "opening", _lt("Opening Balances"), "campus_opening"),
    SystemAccount("correction", "correction", _lt("Corrections"), "campus_correction"),
    SystemAccount("fee", "fee", _lt("Card Fees"), "campus_fee"),
    SystemAccount("cash_desk", "channel", _lt("Card Office"), "campus_office_cash"),
    SystemAccount("bank_desk", "channel", _lt("Bank Transfers"), "campus_office_bank"),
    SystemAccount("debt_loss", "loss", _lt("Debts Written Off"), "campus_debt_loss"),
    SystemAccount("expired", "expired", _lt("Expired Money"), "campus_expired"),
    SystemAccount("join", "suspense", _lt("Joined Accounts"), "campus_suspense"),
    SystemAccount("subsidy_fund", "fund", _lt("Subsidy Fund"), "campus_subsidy_cost"),
    SystemAccount("suspense", "suspense", _lt("Unmatched"), "campus_suspense"),
    SystemAccount("campaign", "campaign", _lt("Campaigns"), "campus_campaign_cost"),
)
