from . import (
    campus_demo,
    campus_demo_alerts,
    campus_demo_cards,
    campus_demo_daily,
    campus_demo_devices,
    campus_demo_history,
    campus_demo_takings,
    campus_demo_tills,
    campus_demo_topups,
    campus_demo_users,
)
