{
    "name": "Campus IoT",
    "summary": "Card readers in Odoo's IoT service: odoo --load=web,iot_drivers,campus_iot",
    "version": "19.0.1.0.0",
    "category": "Campus Card",
    "author": "Campus Card Contributors",
    "license": "LGPL-3",
    "development_status": "Beta",
    "maintainers": ["campus-card"],
    "depends": ["web"],
    # like iot_drivers, a part of a server and not of a database
    "installable": False,
}
