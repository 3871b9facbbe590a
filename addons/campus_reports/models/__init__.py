from . import (
    account_move,
    campus_books_mixin,
    campus_bridge,
    campus_bridge_line,
    campus_closing,
    campus_closing_cron,
    campus_closing_line,
    campus_closing_print,
    campus_closing_xlsx,
    campus_day_sums,
    res_company,
    res_config_settings,
)
