"""Names, bounds and namespaces shared by the models and pages of this addon."""

from uuid import UUID

#: Posting ids derive from the transaction's id, so that a webhook that comes twice is a replay.
TOPUP_NAMESPACE = UUID("5b0b7b64-6f0c-5c0e-9d0a-0c9f4f6f2a11")
#: Version of the text that a holder agrees to for automatic top-up; a new text is a new version.
CONSENT_VERSION = "2026-1"
#: Pages that could be guessed or hammered: tries and their window.
LINK_TRIES, LINK_WINDOW_S = 120, 600
PAY_TRIES, PAY_WINDOW_S = 20, 600
PIN_TRIES, PIN_WINDOW_S = 10, 600
EXPORT_TRIES, EXPORT_WINDOW_S = 5, 3600
#: Lines of the history on one page.
PAGE_LINES = 40
