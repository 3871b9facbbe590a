from . import campus_card_issue, campus_card_replace, campus_counter, campus_pin_reset
