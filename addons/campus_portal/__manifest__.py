{
    "name": "Campus Card: In the Phone",
    "summary": "The holder's card as a web app: balance, code, loss report, emergency code",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "depends": ["campus_card", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/campus_portal_rules.xml",
        "views/layout.xml",
        "views/home.xml",
        "views/home_code.xml",
        "views/help.xml",
        "views/settings.xml",
        "views/portal_home.xml",
    ],
}
