from . import (
    barcode_rule,
    campus_account,
    campus_till,
    campus_till_answer,
    campus_till_settlement,
    pos_config,
    pos_order,
    pos_payment,
    pos_payment_method,
    pos_session,
    res_company,
    res_config_settings,
)
