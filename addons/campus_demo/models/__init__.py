from . import (
    campus_demo,
    campus_demo_cards,
    campus_demo_company,
    campus_demo_devices,
    campus_demo_history,
    campus_demo_people,
    campus_demo_takings,
    campus_demo_tills,
    campus_demo_users,
    campus_demo_work,
)
