from . import test_campus_portal_pages
from . import test_campus_phone
from . import test_campus_phone_taps
from . import test_campus_emergency
from . import test_campus_emergency_taps
from . import test_campus_loss
from . import test_campus_kiosk
from . import test_campus_portal_rights
