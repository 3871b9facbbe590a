from . import edges, openapi, taps
