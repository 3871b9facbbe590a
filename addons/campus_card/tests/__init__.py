from . import test_campus_ledger
