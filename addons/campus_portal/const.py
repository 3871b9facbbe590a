"""Constants of the web app: its files, its headers and its limits."""

#: The app's files, in the order in which a page needs them. All have one version.
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
#: Files that only a kiosk loads.
KIOSK_FILES = ("kiosk.css", "kiosk.js", "kiosk_clock.js", "kiosk_pad.js", "kiosk_reader.js")
ICON_FILES = ("icon.svg", "icon-192.png", "icon-512.png", "icon-maskable-512.png")
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

#: The page may load nothing from other sites, may contain no inline scripts, and may not be put in a frame.
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
#: Only the app itself may store pages about a person.
PRIVATE_HEADERS = {**PAGE_HEADERS, "Cache-Control": "no-store, private"}

#: The cookie with the size of letters that a person chose. The server reads it, so the first page is right.
TYPE_COOKIE = "campus_type"
#: Number of movements on the first page.
RECENT_MAX = 6

#: Cookies: the key of a kiosk, and the language that somebody chose at the kiosk (lasts one session).
KIOSK_COOKIE = "campus_kiosk"
KIOSK_LANGUAGE_COOKIE = "campus_kiosk_language"
KIOSK_LANGUAGE_S = 15 * 60
#: The header that carries the secret of a person's session to the page.
KIOSK_SESSION_HEADER = "X-Campus-Session"
