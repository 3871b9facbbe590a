{
    "name": "Campus Access",
    "summary": "Place of the doors of the campus card; it has no function yet",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "development_status": "Alpha",
    "maintainers": ["campus-card"],
    "depends": ["campus_card", "campus_terminal"],
}
