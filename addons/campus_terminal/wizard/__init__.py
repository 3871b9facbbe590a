from . import (
    campus_edge_pair,
    campus_key_rotate,
    campus_tap_decide,
    campus_tap_decide_all,
)
