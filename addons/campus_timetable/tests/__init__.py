from . import test_campus_exam
from . import test_campus_lesson
from . import test_campus_lesson_change
from . import test_campus_timetable_ical
from . import test_campus_timetable_import
from . import test_campus_timetable_portal
from . import test_campus_timetable_rights
from . import test_campus_timetable_week
