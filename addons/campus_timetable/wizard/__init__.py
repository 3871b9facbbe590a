from . import campus_timetable_week
from . import campus_timetable_check
