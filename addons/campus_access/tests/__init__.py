from . import test_campus_access_rights
from . import test_campus_places
from . import test_campus_schedule
from . import test_campus_passages
from . import test_campus_positions
from . import test_campus_lockdown
from . import test_campus_look
from . import test_campus_portal_doors
