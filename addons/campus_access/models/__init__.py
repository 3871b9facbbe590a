from . import campus_ledger
from . import campus_schedule
from . import campus_schedule_window
from . import campus_zone
from . import campus_door
