"""Names, bounds and namespaces shared by the models and pages of this addon."""

from uuid import UUID

#: Posting ids derive from the transaction's id, so that a webhook that comes twice is a replay.
TOPUP_NAMESPACE = UUID("5b0b7b64-6f0c-5c0e-9d0a-0c9f4f6f2a11")
#: Version of the text that a holder agrees to for automatic top-up; a new text is a new version.
CONSENT_VERSION = "2026-2"
#: Pages that could be guessed or hammered: tries and their window.
LINK_TRIES, LINK_WINDOW_S = 120, 600
PAY_TRIES, PAY_WINDOW_S = 20, 600
PIN_TRIES, PIN_WINDOW_S = 10, 600
EXPORT_TRIES, EXPORT_WINDOW_S = 5, 3600
#: Links that a wallet gets at kiosks, and statements that it shows there.
KIOSK_LINK_TRIES, KIOSK_LINK_WINDOW_S = 10, 600
KIOSK_STATEMENT_TRIES, KIOSK_STATEMENT_WINDOW_S = 30, 3600
#: PINs and codes that are typed at one kiosk, whoever's they are.
KIOSK_PIN_TRIES, KIOSK_PIN_WINDOW_S = 30, 600
#: How long a link for one payment at a kiosk begins one, in seconds.
KIOSK_LINK_S = 300
#: Months before this one whose statement a kiosk prints.
KIOSK_MONTHS_BACK = 2
#: Lines of the history on one page.
PAGE_LINES = 40
#: Class id of the advisory locks under which a payment for a wallet begins.
TURN_LOCK = 0x0CA70
#: How long a provider's answer is waited for before finance is asked to look there.
ANSWER_WAIT_S = 3600
#: How often the books are tried before they are left to Odoo's own post-processing.
SETTLE_TRIES = 5
