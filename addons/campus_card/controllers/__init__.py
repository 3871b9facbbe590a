from . import edges, identity, openapi
from . import taps
