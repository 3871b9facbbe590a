from . import edges, openapi
