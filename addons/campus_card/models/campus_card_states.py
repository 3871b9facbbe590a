"""Names of the card states and verbs as people read them; the rules are campus_core's."""

from ..campus_core import card_state

# The labels are given here, and not taken from the core, to be found by the translation export.
CARD_STATES = [
    ("requested", "Requested"),
    ("approved", "Approved"),
    ("produced", "Produced"),
    ("issued", "Issued"),
    ("active", "Active"),
    ("frozen", "Frozen"),
    ("lost", "Lost"),
    ("expired", "Expired"),
    ("replaced", "Replaced"),
    ("returned", "Returned"),
]
assert tuple(state for state, _label in CARD_STATES) == card_state.STATES

# States in which a card is over: its UID may be given to another card.
OVER_STATES = tuple(sorted(set(card_state.STATES) - card_state.IN_USE))

# Rights that show campus data on models which other people read too.
CAMPUS_STAFF = (
    "campus_card.group_campus_card_clerk,"
    "campus_card.group_campus_card_finance,"
    "campus_card.group_campus_card_auditor"
)
