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

# Where a rule's events come from, and what can be asked about them.
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

# Holders judged in one go, so that memory stays bounded whatever the campus' size.
CHUNK_HOLDERS = 2000
# What a run that comes after a pause reads in one go.
SLICE_HOURS = 24
# Clocks of Odoo and PostgreSQL may differ, and times are kept in whole seconds.
SKEW_S = 60

TRIAL_DAYS_MAX = 400
TRIAL_LINES_MAX = 500

# Minutes before the second, third ... attempt of a delivery.
RETRY_MINUTES = (5, 30, 120, 720)
DELIVERY_BATCH = 100

PUSH_DEVICES_MAX = 10
PUSH_TTL_S = 24 * 3600
#: A push whose outcome was never stored is tried again after this time.
SENDING_MINUTES = 15
