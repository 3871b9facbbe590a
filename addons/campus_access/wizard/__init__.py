from . import campus_access_why
