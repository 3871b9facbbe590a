from . import test_campus_demo
from . import test_every_button
