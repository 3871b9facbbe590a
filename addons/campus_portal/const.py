"""Files, headers and bounds of the web app."""

#: What the app is made of, in the order in which a page needs it; served under one version.
APP_FILES = (
    "app.css",
    "app.js",
    "age.js",
    "code.js",
    "code_view.js",
    "connection.js",
    "form.js",
    "live.js",
    "phone.js",
    "preferences.js",
    "qr.js",
    "qr_tables.js",
    "server_clock.js",
    "store.js",
)
#: Of the machine in the lobby; no phone loads them.
KIOSK_FILES = ("kiosk.css", "kiosk.js", "kiosk_clock.js", "kiosk_pad.js", "kiosk_reader.js")
ICON_FILES = ("icon.svg", "icon-192.png", "icon-512.png", "icon-maskable-512.png")
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

#: Nothing from elsewhere, nothing inline, in nobody's frame.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
#: Pages about a person are kept by nobody but the app itself.
PRIVATE_HEADERS = {**PAGE_HEADERS, "Cache-Control": "no-store, private"}

#: Cookie that says how large a person wants letters: the page has them right from the first byte.
TYPE_COOKIE = "campus_type"
#: Movements on the first page.
RECENT_MAX = 6

#: The key of a machine in a lobby; the language that somebody chose at it, for as long as a session.
KIOSK_COOKIE = "campus_kiosk"
KIOSK_LANGUAGE_COOKIE = "campus_kiosk_language"
KIOSK_LANGUAGE_S = 15 * 60
#: The secret of a person's session, on its way into the memory of the page.
KIOSK_SESSION_HEADER = "X-Campus-Session"
