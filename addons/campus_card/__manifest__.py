{
    "name": "Campus Card",
    "summary": "Holders, cards and the double-entry ledger of an electronic campus card",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "application": True,
    "depends": ["mail", "portal", "account"],
    "data": [
        "security/campus_card_groups.xml",
        "security/ir.model.access.csv",
        "security/campus_card_rules.xml",
        "security/campus_ledger_rules.xml",
    ],
    "assets": {},
    "post_init_hook": "post_init_hook",
}
