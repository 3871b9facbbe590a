from . import test_campus_access_rights
from . import test_campus_places
from . import test_campus_schedule
