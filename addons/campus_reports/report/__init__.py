from . import campus_transfer_report
