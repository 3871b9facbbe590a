from . import (
    barcode_rule,
    campus_till,
    campus_till_answer,
    campus_till_settlement,
    campus_till_links,
    pos_config,
    pos_order,
    pos_payment,
    pos_payment_method,
    pos_session,
    res_company,
    res_config_settings,
)
