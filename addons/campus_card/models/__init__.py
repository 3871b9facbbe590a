from . import (
    campus_pocket_plan,
    campus_account,
    campus_wallet,
    campus_closing,
    campus_transfer,
    campus_reservation,
    campus_posting,
    campus_ledger,
    account_chart_template,
    res_company,
)
