from . import test_campus_portal_pages
from . import test_campus_phone
