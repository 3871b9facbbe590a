"""Stable wire codes and what they mean, in English, for logs and developers.

Codes travel over the wire and are stored with postings and taps: they may be added to, never
renamed. ``campus.ledger._explain`` makes the sentence for people from code and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .codes_access import *  # noqa: F403 (the list of codes is in three files)
from .codes_access import ACCESS_CODES
from .codes_file import *  # noqa: F403
from .codes_file import FILE_CODES

# -- card ---------------------------------------------------------------------
UNKNOWN_CARD: Final = "unknown_card"
CARD_NOT_ACTIVE: Final = "card_not_active"
CARD_FROZEN: Final = "card_frozen"
CARD_LOST: Final = "card_lost"
CARD_EXPIRED: Final = "card_expired"
CARD_REPLACED: Final = "card_replaced"
CARD_RETURNED: Final = "card_returned"
CARD_MOVE_INVALID: Final = "card_move_invalid"
CARD_STATE_UNKNOWN: Final = "card_state_unknown"
CARD_VERB_UNKNOWN: Final = "card_verb_unknown"

# -- wallet and ledger --------------------------------------------------------
WALLET_FROZEN: Final = "wallet_frozen"
WALLET_CLOSED: Final = "wallet_closed"
INSUFFICIENT: Final = "insufficient"
LIMIT_PURCHASE: Final = "limit_purchase"
LIMIT_DAY: Final = "limit_day"
PIN_NEEDED: Final = "pin_needed"
PLAN_NOT_USABLE: Final = "plan_not_usable"
CONFLICT: Final = "conflict"
NOT_FOUND: Final = "not_found"
NOT_REVERSIBLE: Final = "not_reversible"
REVERSAL_EXCEEDS: Final = "reversal_exceeds"
RESERVATION_CLOSED: Final = "reservation_closed"
CAPTURE_EXCEEDS: Final = "capture_exceeds"
AMOUNT_INVALID: Final = "amount_invalid"
DEBT_FIRST: Final = "debt_first"
DEBT_EXCEEDS: Final = "debt_exceeds"

# -- what may be archived -------------------------------------------------------
ARCHIVE_CARD: Final = "archive_card"
ARCHIVE_HOLDER_CARD: Final = "archive_holder_card"
ARCHIVE_HOLDER_WALLET: Final = "archive_holder_wallet"
ARCHIVE_POCKET: Final = "archive_pocket"
ARCHIVE_SYSTEM_ACCOUNT: Final = "archive_system_account"
ARCHIVE_ACCOUNT_USED: Final = "archive_account_used"
ARCHIVE_PLAN_CASH: Final = "archive_plan_cash"
ARCHIVE_PLAN_MONEY: Final = "archive_plan_money"
DAY_CLOSED: Final = "day_closed"

# -- amounts as text ----------------------------------------------------------
MONEY_EMPTY: Final = "money_empty"
MONEY_MALFORMED: Final = "money_malformed"
MONEY_TOO_PRECISE: Final = "money_too_precise"
MONEY_NEGATIVE: Final = "money_negative"
MONEY_OUT_OF_RANGE: Final = "money_out_of_range"
MONEY_SCIENTIFIC: Final = "money_scientific"

# -- card numbers as text -----------------------------------------------------
UID_EMPTY: Final = "uid_empty"
UID_MALFORMED: Final = "uid_malformed"
UID_LENGTH: Final = "uid_length"
UID_OUT_OF_RANGE: Final = "uid_out_of_range"
UID_SPREADSHEET_DAMAGE: Final = "uid_spreadsheet_damage"
UID_PLACEHOLDER: Final = "uid_placeholder"

# -- requests of an edge as a whole ----------------------------------------------
MALFORMED: Final = "malformed"
BATCH_TOO_LARGE: Final = "batch_too_large"
BODY_TOO_LARGE: Final = "body_too_large"
SIGNATURE_INVALID: Final = "signature_invalid"
EDGE_UNKNOWN: Final = "edge_unknown"
EDGE_DISABLED: Final = "edge_disabled"
EDGE_REVOKED: Final = "edge_revoked"
CLOCK_OUTSIDE_WINDOW: Final = "clock_outside_window"
NONCE_REPLAYED: Final = "nonce_replayed"
PAIRING_CODE_INVALID: Final = "pairing_code_invalid"
KEY_USED: Final = "key_used"
JOURNAL_FORK: Final = "journal_fork"
RATE_LIMITED: Final = "rate_limited"
TRY_AGAIN: Final = "try_again"
SERVER_ERROR: Final = "server_error"

# -- one tap ---------------------------------------------------------------------
TERMINAL_UNKNOWN: Final = "terminal_unknown"
TERMINAL_DISABLED: Final = "terminal_disabled"
ABANDONED: Final = "abandoned"
HELD: Final = "held"
DUPLICATE_TAP: Final = "duplicate_tap"
OFFLINE_CAP_TAP: Final = "offline_cap_tap"
OFFLINE_CAP_CARD: Final = "offline_cap_card"
OFFLINE_CAP_EDGE: Final = "offline_cap_edge"
SNAPSHOT_TOO_OLD: Final = "snapshot_too_old"
SNAPSHOT_MISSING: Final = "snapshot_missing"

# -- credentials -----------------------------------------------------------------
CREDENTIAL_MALFORMED: Final = "credential_malformed"
SUN_FORGED: Final = "sun_forged"
SUN_REPLAYED: Final = "sun_replayed"
SUN_NEEDED: Final = "sun_needed"
LIMIT_UID: Final = "limit_uid"
LIMIT_UID_HOUR: Final = "limit_uid_hour"
NUMBER_REFUSED: Final = "number_refused"
CODE_FORGED: Final = "code_forged"
CODE_STALE: Final = "code_stale"
CODE_REPLAYED: Final = "code_replayed"
PHONE_REVOKED: Final = "phone_revoked"
CERTIFICATE_EXPIRED: Final = "certificate_expired"
KEY_UNKNOWN: Final = "key_unknown"
EMERGENCY_WRONG: Final = "emergency_wrong"
EMERGENCY_LOCKED: Final = "emergency_locked"
EMERGENCY_USED: Final = "emergency_used"
EMERGENCY_CAP: Final = "emergency_cap"
EMERGENCY_ONLINE: Final = "emergency_online"
PIN_WRONG: Final = "pin_wrong"
PIN_LOCKED: Final = "pin_locked"
PIN_NOT_SET: Final = "pin_not_set"
TOPUP_MINIMUM: Final = "topup_minimum"
TOPUP_MAXIMUM: Final = "topup_maximum"
TOPUP_MONTH_CAP: Final = "topup_month_cap"

CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        **ACCESS_CODES,
        **FILE_CODES,
        UNKNOWN_CARD: "No card is known by this credential.",
        CARD_NOT_ACTIVE: "The card is not active.",
        CARD_FROZEN: "The card is frozen.",
        CARD_LOST: "The card is reported lost.",
        CARD_EXPIRED: "The card has expired.",
        CARD_REPLACED: "The card was replaced by another.",
        CARD_RETURNED: "The card was given back.",
        CARD_MOVE_INVALID: "The card cannot do this in its present state.",
        CARD_STATE_UNKNOWN: "There is no such card state.",
        CARD_VERB_UNKNOWN: "There is no such move of a card.",
        WALLET_FROZEN: "The wallet is frozen.",
        WALLET_CLOSED: "The wallet is closed.",
        INSUFFICIENT: "Not enough money.",
        LIMIT_PURCHASE: "The amount is above the limit for one purchase.",
        LIMIT_DAY: "The amount is above what is left of the day's limit.",
        PIN_NEEDED: "The PIN is needed above this sum.",
        PLAN_NOT_USABLE: "The money in this pocket cannot be used here.",
        CONFLICT: "This id was already used for another request.",
        NOT_FOUND: "There is nothing with this id.",
        NOT_REVERSIBLE: "This movement cannot be reversed.",
        REVERSAL_EXCEEDS: "More would be reversed than is left of the original.",
        RESERVATION_CLOSED: "The reservation is no longer open.",
        CAPTURE_EXCEEDS: "More would be captured than was reserved.",
        AMOUNT_INVALID: "The amount is not valid.",
        DEBT_FIRST: "The holder owes more than would be left.",
        DEBT_EXCEEDS: "More would be repaid than is owed.",
        ARCHIVE_CARD: "A card in somebody's hands is not archived.",
        ARCHIVE_HOLDER_CARD: "A holder with a card is not archived.",
        ARCHIVE_HOLDER_WALLET: "A holder with an open wallet is not archived.",
        ARCHIVE_POCKET: "The pockets of a wallet are not archived.",
        ARCHIVE_SYSTEM_ACCOUNT: "The ledger needs this account.",
        ARCHIVE_ACCOUNT_USED: "The account is in use.",
        ARCHIVE_PLAN_CASH: "The cash plan is not archived.",
        ARCHIVE_PLAN_MONEY: "A plan with money in its pockets is not archived.",
        DAY_CLOSED: "The business day is closed.",
        MONEY_EMPTY: "The amount is missing.",
        MONEY_MALFORMED: "This is not an amount.",
        MONEY_TOO_PRECISE: "The amount has more decimals than the currency.",
        MONEY_NEGATIVE: "The amount is negative.",
        MONEY_OUT_OF_RANGE: "The amount is too large.",
        MONEY_SCIENTIFIC: "A spreadsheet wrote this amount as a power of ten: digits may be lost.",
        UID_EMPTY: "The card number is missing.",
        UID_MALFORMED: "This is not a card number.",
        UID_LENGTH: "A card number has 4, 7 or 10 bytes.",
        UID_OUT_OF_RANGE: "The card number is too large for its form.",
        UID_SPREADSHEET_DAMAGE: "A spreadsheet has rounded this card number: digits are lost.",
        UID_PLACEHOLDER: "No card has this number: it stands for none.",
        MALFORMED: "A value has the wrong form.",
        BATCH_TOO_LARGE: "The batch has too many taps.",
        BODY_TOO_LARGE: "The request is too large.",
        SIGNATURE_INVALID: "The signature is wrong.",
        EDGE_UNKNOWN: "This edge is not known.",
        EDGE_DISABLED: "This edge is switched off.",
        EDGE_REVOKED: "This edge is revoked.",
        CLOCK_OUTSIDE_WINDOW: "The clock differs too much from the server's.",
        NONCE_REPLAYED: "This request was sent before.",
        PAIRING_CODE_INVALID: "The pairing code is wrong, used or too old.",
        KEY_USED: "This key was an edge's before: make a new one.",
        JOURNAL_FORK: "The journal differs from what the server has of it.",
        RATE_LIMITED: "Too many requests.",
        TRY_AGAIN: "The server did not answer in time; nothing was stored.",
        SERVER_ERROR: "The server has made a mistake; its log says which.",
        TERMINAL_UNKNOWN: "This edge has no such terminal.",
        TERMINAL_DISABLED: "The terminal is switched off.",
        ABANDONED: "The reader was restarted before it answered.",
        HELD: "Granted by the edge alone: charged when somebody has looked at it.",
        DUPLICATE_TAP: "The same card was presented twice in a moment.",
        OFFLINE_CAP_TAP: "The amount is above what is charged without the server.",
        OFFLINE_CAP_CARD: "The card has spent what it may without the server.",
        OFFLINE_CAP_EDGE: "The place has sold what it may without the server.",
        SNAPSHOT_TOO_OLD: "The list of cards is too old to decide by it.",
        SNAPSHOT_MISSING: "There is no list of cards to decide by.",
        CREDENTIAL_MALFORMED: "This is not a credential.",
        SUN_FORGED: "The chip's message is forged.",
        SUN_REPLAYED: "The chip's message was used before.",
        SUN_NEEDED: "The card's chip must prove itself: its serial number is not enough.",
        LIMIT_UID: "The amount is above the limit for a card that proves nothing.",
        LIMIT_UID_HOUR: "The edge has charged cards that prove nothing as much as it may within an hour.",
        NUMBER_REFUSED: "The terminal takes no card numbers: anybody can read them off a card.",
        CODE_FORGED: "The code is forged.",
        CODE_STALE: "The code is too old.",
        CODE_REPLAYED: "The code was used before.",
        PHONE_REVOKED: "This phone no longer carries the card.",
        CERTIFICATE_EXPIRED: "The phone has to go online to renew its card.",
        KEY_UNKNOWN: "The key is not known.",
        EMERGENCY_WRONG: "The emergency code is wrong.",
        EMERGENCY_LOCKED: "Too many wrong emergency codes: locked until tomorrow.",
        EMERGENCY_USED: "The emergency code was used today.",
        EMERGENCY_CAP: "The amount is above what an emergency code may pay.",
        EMERGENCY_ONLINE: "An emergency code pays, and only where the server answers.",
        PIN_WRONG: "The PIN is wrong.",
        PIN_LOCKED: "Too many wrong PINs.",
        PIN_NOT_SET: "No PIN has been chosen yet.",
        TOPUP_MINIMUM: "The top-up is below the smallest allowed.",
        TOPUP_MAXIMUM: "The top-up is above the largest allowed.",
        TOPUP_MONTH_CAP: "The month's top-ups would be above what is allowed.",
    }
)
