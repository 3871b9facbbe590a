{
    "name": "Campus Card: Point of Sale",
    "summary": "Pay at the till by campus card, refunds back to the same pockets",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "maintainers": ["campus-card"],
    "depends": ["campus_card", "point_of_sale"],
    "data": [
        "security/ir.model.access.csv",
        "security/campus_pos_rules.xml",
        "data/barcode_rules.xml",
        "data/product_data.xml",
        "views/pos_payment_views.xml",
        "views/pos_order_views.xml",
        "views/pos_config_switches_views.xml",
        "views/res_config_settings_views.xml",
    ],
    "assets": {
        "point_of_sale._assets_pos": [
            "campus_pos/static/src/app/**/*",
            ("remove", "campus_pos/static/src/app/**/*.dark.scss"),
        ],
        "point_of_sale.assets_prod_dark": [
            "campus_pos/static/src/app/**/*.dark.scss",
        ],
        "web.assets_unit_tests": [
            "campus_pos/static/tests/unit/**/*",
        ],
        "web.assets_tests": [
            "campus_pos/static/tests/tours/**/*",
        ],
    },
    "uninstall_hook": "uninstall_hook",
}
