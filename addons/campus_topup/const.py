"""Constants of the models and pages of this addon."""

from uuid import UUID

#: The ids of postings derive from the transaction's id, so a webhook that comes twice posts once.
TOPUP_NAMESPACE = UUID("5b0b7b64-6f0c-5c0e-9d0a-0c9f4f6f2a11")
#: Version of the consent to automatic top-up. Whoever changes the text raises it.
CONSENT_VERSION = "2026-2"
#: Pages that somebody could misuse by trying again and again: number of tries and seconds.
LINK_TRIES, LINK_WINDOW_S = 120, 600
PAY_TRIES, PAY_WINDOW_S = 20, 600
PIN_TRIES, PIN_WINDOW_S = 10, 600
EXPORT_TRIES, EXPORT_WINDOW_S = 5, 3600
#: Links and statements that one wallet may get at kiosks: number and seconds.
KIOSK_LINK_TRIES, KIOSK_LINK_WINDOW_S = 10, 600
KIOSK_STATEMENT_TRIES, KIOSK_STATEMENT_WINDOW_S = 30, 3600
#: PINs and codes that may be typed at one kiosk, whosoever they are: number and seconds.
KIOSK_PIN_TRIES, KIOSK_PIN_WINDOW_S = 30, 600
#: Seconds in which the link on a kiosk can begin its one payment.
KIOSK_LINK_S = 300
#: Number of past months whose statement a kiosk prints.
KIOSK_MONTHS_BACK = 2
#: Lines of the history on one page.
PAGE_LINES = 40
#: Class id of the advisory locks: payments for one wallet begin one after the other.
TURN_LOCK = 0x0CA70
#: Time after which finance is asked to look at a provider that did not answer.
ANSWER_WAIT_S = 3600
#: Number of tries to book a payment at once. After that Odoo's own post-processing does it.
SETTLE_TRIES = 5
