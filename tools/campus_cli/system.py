"""System packages: find them, install them with apt if root, else name them."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from . import paths, process, pythons, settings
from .console import CampusError, warn

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser() -> str | None:
    """Path of a Chromium; `CAMPUS_CHROMIUM` comes first."""
    chosen = os.environ.get("CAMPUS_CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def firefox() -> str | None:
    """Path of a Firefox; `CAMPUS_FIREFOX` comes first."""
    chosen = os.environ.get("CAMPUS_FIREFOX")
    if chosen:
        return shutil.which(chosen)
    return shutil.which("firefox-esr") or shutil.which("firefox")


def minibrowser() -> str | None:
    """Path of WebKitGTK's own small browser, which the driver's package contains."""
    found = sorted(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser"))
    return str(found[-1]) if found else None


def nginx() -> str | None:
    """Path of nginx. Debian puts it where ordinary users' PATH does not look."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _has_chinese_font() -> bool:
    if shutil.which("fc-list"):
        done = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False
        )
        return bool(done.stdout.strip())
    return any(Path("/usr/share/fonts").rglob("*CJK*"))


def _has_python_headers() -> bool:
    """Whether the headers are there for the Python of `.venv`, or for the one that it will be made of."""
    own = paths.VENV / "bin" / "python"
    return pythons.has_headers(str(own) if own.exists() else pythons.base_python())


def _can_make_environments() -> bool:
    """Whether environments can be made: with uv, or with pip, which is a separate package in Debian."""
    return bool(shutil.which("uv")) or process.answers([sys.executable, "-c", "import ensurepip, venv"])


PROBES = {
    "chromium": lambda: browser() is not None,
    "libmagic": lambda: ctypes.util.find_library("magic") is not None,
    "libpango": lambda: ctypes.util.find_library("pangoft2-1.0") is not None,
    "fonts-noto-cjk": _has_chinese_font,
    "wkhtmltopdf": lambda: shutil.which("wkhtmltopdf") is not None,
    "zbarimg": lambda: shutil.which("zbarimg") is not None,
    "nginx": lambda: nginx() is not None,
    "pcscd": lambda: any(Path(folder, "pcscd").exists() for folder in ("/usr/sbin", "/usr/local/sbin")),
    "vsmartcard-vpcd": lambda: any(Path("/usr/lib/pcsc/drivers/serial").glob("libifdvpcd.so*")),
    "libpcsclite-dev": lambda: any(
        Path(folder, "PCSC/winscard.h").exists() for folder in ("/usr/include", "/usr/local/include")
    ),
    "swig": lambda: shutil.which("swig") is not None,
    "c-compiler": lambda: any(map(shutil.which, ("cc", "gcc"))),
    "python-headers": _has_python_headers,
    "python-venv": _can_make_environments,
    "faketime": lambda: any(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")),
    "firefox": lambda: firefox() is not None,
    "webkit-driver": lambda: shutil.which("WebKitWebDriver") is not None and minibrowser() is not None,
    "xvfb": lambda: shutil.which("Xvfb") is not None,
    "npm": lambda: shutil.which("npm") is not None,
}


def missing(names: Iterable[str]) -> list[str]:
    return [name for name in names if not PROBES[name]()]


def packages(names: Iterable[str]) -> list[str]:
    """The Debian packages for our names."""
    return [settings.SYSTEM_PACKAGES[name] for name in names]


def install_command(wanted: Iterable[str]) -> str:
    return "sudo apt-get install --no-install-recommends " + " ".join(wanted)


def can_install() -> bool:
    return os.geteuid() == 0 and bool(shutil.which("apt-get"))


def install(wanted: list[str]) -> None:
    """Install Debian packages, or name the command that does it."""
    if not can_install():
        raise CampusError(f"missing on this machine: {', '.join(wanted)}", install_command(wanted))
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *wanted]
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    if process.answers(command, env=process.clean_env(env)):
        return
    process.run(["apt-get", "update", "-q"], "apt-update", env)
    process.run(command, "apt-install", env)


def require(names: Iterable[str], wanted: Iterable[str] = ()) -> str:
    """Require `names`, and warn about missing `wanted`. Returns what was done."""
    absent = missing(names)
    if absent:
        install(packages(absent))
        if still := missing(absent):
            raise CampusError(f"installed, but not found: {', '.join(still)}")
    optional = missing(wanted)
    if optional:
        try:
            install(packages(optional))
        except CampusError as error:
            warn(f"{error.args[0].splitlines()[0]}; {error.hint}")
    done = absent + [name for name in optional if PROBES[name]()]
    return f"installed {', '.join(done)}" if done else "ready"
