from . import edges, openapi
from . import taps
