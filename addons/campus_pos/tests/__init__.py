from . import (
    test_campus_pos_rights,
    test_campus_names,
    test_campus_pos_tours,
    test_campus_pos_units,
    test_campus_till,
    test_campus_till_chip,
    test_campus_till_links,
    test_campus_till_pin,
    test_pos_closing,
    test_pos_settlement,
)
