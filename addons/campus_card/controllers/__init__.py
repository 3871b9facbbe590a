from . import edges
from . import taps
