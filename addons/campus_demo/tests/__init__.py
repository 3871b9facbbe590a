from . import test_campus_demo
