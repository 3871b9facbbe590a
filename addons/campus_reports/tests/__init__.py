from . import (
    test_campus_reports_rights,
    test_campus_bridge,
    test_campus_closing,
    test_campus_closing_blockers,
    test_campus_closing_rights,
    test_campus_closing_taps,
    test_campus_language,
    test_campus_transfer_report,
    test_day_entries,
    test_day_xlsx,
    test_pos_closing,
)
