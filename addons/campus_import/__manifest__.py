{
    "name": "Campus Card: Import",
    "summary": "Takes over the card files of old systems: holders, cards and opening balances",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "maintainers": ["campus-card"],
    "depends": ["campus_card"],
    "data": [
        "security/ir.model.access.csv",
        "security/campus_import_rules.xml",
        "data/campus_import_cron.xml",
        "data/campus_import_profiles.xml",
        "views/campus_import_line_views.xml",
        "views/campus_import_views.xml",
        "views/campus_import_profile_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "campus_import/static/src/import_progress/*",
        ],
    },
}
