"""Settings of this project: addons, languages, databases, system packages."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from . import paths

ODOO_SERIES = "19.0"
# Languages with translations in the addons.
LANGUAGES = ("zh_CN",)
# The languages of every database. New users get the first one.
LOADED_LANGUAGES = ("en_US", *LANGUAGES)

# In the order of their dependencies. A folder that does not exist yet is left out.
PRODUCT_ADDONS = (
    "campus_card",
    "campus_import",
    "campus_terminal",
    "campus_portal",
    "campus_alert",
    "campus_access",
    "campus_timetable",
    "campus_pos",
    "campus_reports",
    "campus_topup",
)
DEMO_ADDONS = (*PRODUCT_ADDONS, "campus_demo")
# Odoo's own addons that every database gets besides the dependencies.
# payment_demo takes no money and asks no provider. It is for tests and demos, never for a school.
EXTRA_MODULES = ("base_automation", "l10n_cn", "payment_demo")

DEMO_DATABASE = "demo"
DEMO_LOGINS = (
    ("admin", "administrator"),
    ("clerk", "card office"),
    ("manager", "card office, manager"),
    ("cashier", "canteen cashier"),
    ("device", "devices"),
    ("finance", "finance"),
    ("guard", "guard at the doors"),
    ("dorm", "dormitory staff"),
    ("secretary", "department secretary"),
    ("student", "student, in the portal"),
)

# Debian packages for what Python packages do not contain.
SYSTEM_PACKAGES = {
    "chromium": "chromium",
    "libmagic": "libmagic1",
    "libpango": "libpangoft2-1.0-0",
    "fonts-noto-cjk": "fonts-noto-cjk",
    "wkhtmltopdf": "wkhtmltopdf",
    "zbarimg": "zbar-tools",
    "nginx": "nginx",
    "pcscd": "pcscd",
    "vsmartcard-vpcd": "vsmartcard-vpcd",
    "libpcsclite-dev": "libpcsclite-dev",
    "swig": "swig",
    "c-compiler": "gcc",
    "python-headers": "python3-dev",
    "python-venv": "python3-venv",
    "faketime": "libfaketime",
    "firefox": "firefox-esr",
    "webkit-driver": "webkit2gtk-driver",
    "xvfb": "xvfb",
    "npm": "npm",
}


def existing(addons: tuple[str, ...]) -> list[str]:
    """Those of `addons` that exist together with all of our addons that they depend on."""
    return [name for name in addons if _is_whole(name)]


def _is_whole(addon: str) -> bool:
    return manifest_path(addon).exists() and all(map(_is_whole, our_dependencies(addon)))


def our_dependencies(addon: str) -> list[str]:
    return [name for name in manifest(addon).get("depends", []) if name in DEMO_ADDONS]


def with_dependencies(addons: Iterable[str]) -> list[str]:
    """The addons and those of ours that they depend on, in the order of their dependencies."""
    wanted = set(addons)
    for name in reversed(DEMO_ADDONS):
        if name in wanted:
            wanted.update(our_dependencies(name))
    return [name for name in DEMO_ADDONS if name in wanted]


def manifest_path(addon: str) -> Path:
    return paths.ADDONS / addon / "__manifest__.py"


def manifest(addon: str) -> dict:
    return ast.literal_eval(manifest_path(addon).read_text(encoding="utf-8"))


def base_modules() -> list[str]:
    """Odoo's own addons that ours depend on, sorted."""
    ours = existing(DEMO_ADDONS)
    needed = {name for addon in ours for name in manifest(addon).get("depends", [])}
    return sorted((needed | set(EXTRA_MODULES)) - set(ours))
