from . import (
    base_partner_merge,
    campus_card_issue,
    campus_card_replace,
    campus_counter,
    campus_department_merge,
    campus_edge_pair,
    campus_key_rotate,
    campus_pin_reset,
    campus_tap_decide,
    campus_tap_decide_all,
    campus_wallet_reopen,
)
