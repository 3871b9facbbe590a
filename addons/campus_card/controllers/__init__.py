from . import edges, identity, openapi, vcard
from . import taps
