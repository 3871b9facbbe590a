from . import (
    base_partner_merge,
    campus_card_issue,
    campus_card_replace,
    campus_counter,
    campus_department_merge,
    campus_holiday_fill,
    campus_pin_reset,
    campus_wallet_reopen,
)
