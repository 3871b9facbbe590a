from . import campus_close_day
