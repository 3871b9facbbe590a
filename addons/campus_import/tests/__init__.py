from . import test_campus_import
from . import test_campus_import_errors
from . import test_campus_import_job
from . import test_campus_import_rights
from . import test_campus_import_sheets
