from . import campus_access_why, campus_door_pin_desk
from . import campus_passage_look, campus_position_forgive, campus_muster, campus_lockdown_raise
from . import campus_schedule_import
