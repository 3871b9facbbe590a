{
    "name": "Campus Access",
    "summary": "Place of the doors of the campus card; it has no function yet",
    "description": """
Doors, zones and access rights of the campus card will live in this addon.

This version only reserves the place: it installs, depends on Campus Card and adds
nothing to it. No door is opened or guarded by it.
""",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "depends": ["campus_card"],
    "data": [],
}
