from . import edges
