from . import test_campus_alert_engine
from . import test_campus_alert_kinds
from . import test_campus_alert_channels
from . import test_campus_alert_security
from . import test_campus_alert_push
from . import test_campus_alert_portal
from . import test_campus_alert_taps
from . import test_campus_alert_rights
