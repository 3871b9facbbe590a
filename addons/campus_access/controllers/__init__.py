from . import doors, portal
