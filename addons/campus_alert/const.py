"""Names and limits of the alerts."""

TRANSFER, TAP, CARD, EDGE = "transfer", "tap", "card", "edge"
SUM, COUNT, MATCH, ODD_HOUR, DISTANCE, FORECAST = (
    "sum",
    "count",
    "match",
    "odd_hour",
    "distance",
    "forecast",
)

# The sources of events, and the conditions that a rule may ask of each.
SOURCE_MODELS = {
    TRANSFER: "campus.transfer",
    TAP: "campus.tap",
    CARD: "campus.card",
    EDGE: "campus.edge",
}
MEASURES = {
    TRANSFER: (SUM, COUNT, ODD_HOUR, DISTANCE, FORECAST),
    TAP: (COUNT, ODD_HOUR, DISTANCE),
    CARD: (COUNT, MATCH),
    EDGE: (MATCH,),
}

HOURS = "hours"

MAIL, INBOX, PUSH, SMS = "mail", "inbox", "push", "sms"
CHANNELS = (MAIL, INBOX, PUSH, SMS)

# Number of holders that are judged together. It limits the memory that a run needs.
CHUNK_HOLDERS = 2000
# The longest period that one slice of a run reads, when the run comes late.
SLICE_HOURS = 24
# The clocks of Odoo and PostgreSQL may differ, and Odoo stores whole seconds.
SKEW_S = 60

TRIAL_DAYS_MAX = 400
TRIAL_LINES_MAX = 500

# Minutes before the second, third ... try of a delivery.
RETRY_MINUTES = (5, 30, 120, 720)
DELIVERY_BATCH = 100

PUSH_DEVICES_MAX = 10
PUSH_TTL_S = 24 * 3600
#: Minutes after which a push message is sent again if its result was not stored.
SENDING_MINUTES = 15
