{
    "name": "Campus Card: Demo University",
    "summary": "A university with holders, cards, canteens and three months of sales",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "depends": [
        "campus_import",
        "campus_pos",
        "campus_reports",
        "campus_topup",
        "campus_alert",
        "payment_demo",
        "l10n_cn",
    ],
    "data": ["views/payment_demo_templates.xml"],
    "post_init_hook": "post_init_hook",
}
