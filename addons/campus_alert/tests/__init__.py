from . import test_campus_alert_engine
from . import test_campus_alert_kinds
