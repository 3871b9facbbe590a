{
    "name": "Campus Access",
    "summary": "Doors of the campus: zones, schedules and rights that readers decide by, also without the network",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "development_status": "Alpha",
    "maintainers": ["campus-card"],
    "application": True,
    "depends": ["campus_card", "campus_terminal"],
    "data": [
        "security/campus_access_groups.xml",
        "security/ir.model.access.csv",
        "security/campus_access_rules.xml",
        "views/campus_schedule_views.xml",
        "views/campus_zone_views.xml",
        "views/campus_door_views.xml",
        "views/campus_access_menus.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "campus_access/static/src/schedule_preview/*",
        ],
    },
}
