from . import doors, portal, portal_access, visitor
