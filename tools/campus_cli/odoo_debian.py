"""Gets Odoo 19 from the Debian archive that the machine already uses and trusts.

An isolated apt (with a source list, package lists and cache of its own) downloads the packages and checks
their signatures. They are only unpacked, not installed. Debian removes fonts and JavaScript libraries from
Odoo and links to packages that have them, so these are unpacked into the same root.

Debian excludes one file for its licence although Odoo's addon `mail` names it among its assets: every page of
the backend then logs an error. An empty file takes its place. Only blurring the background of video calls
would need the real one.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import process
from .console import CampusError, Step, warn

APT = Path("/etc/apt")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
PACKAGE = "odoo-19"
# Where Debian puts the packages of Python.
PACKAGES = Path("usr/lib/python3/dist-packages")
FROM_UNSTABLE = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
    "fonts-montserrat",
)
# In Debian unstable these files have moved; in the stable suites the links are right.
FROM_STABLE = ("fonts-font-awesome", "fonts-inconsolata")

LEFT_OUT = Path("odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js")
IN_ITS_PLACE = (
    "// Debian leaves this file out of Odoo; without it the background of video calls is not blurred.\n"
)


@dataclass(frozen=True)
class Source:
    """One Debian archive of this machine."""

    uri: str
    suite: str
    signed_by: str = KEYRING


def fetch(target: Path, step: Step) -> str:
    """Unpack Odoo and the packages that it links to into `target`. Returns the name of the copy."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise CampusError("no apt on this machine")
    source = find_source()
    work = target.with_name(target.name + "-apt")
    try:
        _download(source, "sid", [PACKAGE, *FROM_UNSTABLE], work, step)
        _download(source, source.suite, list(FROM_STABLE), work, step)
        packages = sorted((work / "debs").glob("*.deb"))
        for package in packages:
            step.note(f"unpacking {package.name}")
            process.run(["dpkg-deb", "-x", package, target], "odoo-unpack")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    fill_gap(target / PACKAGES)
    broken = [path for path in target.rglob("*") if path.is_symlink() and not path.exists()]
    if broken:
        warn(f"{len(broken)} links in the Debian package lead nowhere, e.g. {broken[0].name}")
    version = next(p.name.split("_")[1] for p in packages if p.name.startswith(PACKAGE + "_"))
    return version


def has_gap(base: Path) -> bool:
    """Whether the Odoo in this folder names the file among its assets and lacks it."""
    manifest = base / "odoo/addons/mail/__manifest__.py"
    if not manifest.exists() or (base / LEFT_OUT).exists():
        return False
    return LEFT_OUT.name in manifest.read_text(encoding="utf-8")


def fill_gap(base: Path) -> None:
    """Put an empty file where the Odoo in this folder lacks it. Only for copies of our own."""
    if has_gap(base):
        (base / LEFT_OUT).parent.mkdir(parents=True, exist_ok=True)
        (base / LEFT_OUT).write_text(IN_ITS_PLACE, encoding="utf-8")


def _download(source: Source, suite: str, packages: list[str], work: Path, step: Step) -> None:
    lists, debs = work / f"lists-{suite}", work / "debs"
    for folder in (lists / "partial", work / "cache/archives/partial", debs):
        folder.mkdir(parents=True, exist_ok=True)
    listing = work / f"{suite}.list"
    listing.write_text(f"deb [signed-by={source.signed_by}] {source.uri} {suite} main\n")
    options = {
        "Dir::Etc::sourcelist": listing,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": lists,
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", "-q"]
    for key, value in options.items():
        apt += ["-o", f"{key}={value}"]
    step.note(f"reading the package list of {suite}")
    process.run([*apt, "update"], f"odoo-apt-{suite}", on_line=step.note)
    step.note(f"downloading {packages[0]}")
    process.run([*apt, "download", *packages], f"odoo-apt-{suite}", on_line=step.note, cwd=debs)


def find_source() -> Source:
    """The Debian archive that the machine uses for its own release."""
    release = dict(line.partition("=")[::2] for line in _read(Path("/etc/os-release")).splitlines())
    codename = release.get("VERSION_CODENAME", "").strip('"')
    if release.get("ID", "").strip('"') != "debian" or not codename:
        raise CampusError("this machine is not Debian")
    for source in read_sources():
        if source.suite in (codename, "stable", "testing", "sid", "unstable"):
            return Source(source.uri, codename, source.signed_by)
    raise CampusError(f"no source of {codename} under {APT}")


def read_sources() -> list[Source]:
    files = [APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))]
    sources = []
    for path in files:
        text = _read(path)
        if path.suffix == ".sources":
            sources += parse_deb822(text)
        elif path.suffix == ".list":
            sources += parse_one_line(text)
    return sources


def parse_deb822(text: str) -> list[Source]:
    """Sources of a `.sources` file (deb822: fields in stanzas)."""
    sources = []
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.lstrip().startswith("#")]
        joined = re.sub(r"\n[ \t]+", " ", "\n".join(lines))
        pairs = (line.partition(":")[::2] for line in joined.splitlines())
        fields = {key.strip().lower(): value.split() for key, value in pairs}
        if "deb" not in fields.get("types", []) or "main" not in fields.get("components", []):
            continue
        if fields.get("enabled", ["yes"])[0].lower() in ("no", "false", "0"):
            continue
        keyring = _keyring(" ".join(fields.get("signed-by", [])))
        sources += [Source(uri, suite, keyring) for uri in fields["uris"] for suite in fields["suites"]]
    return sources


def parse_one_line(text: str) -> list[Source]:
    """Sources of a `.list` file: `deb [options] uri suite component...`."""
    sources = []
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[(.*?)\]\s+)?(\S+)\s+(\S+)\s+([^#]*)", line)
        if not match or "main" not in match[4].split():
            continue
        signed = re.search(r"signed-by=(\S+)", match[1] or "", re.IGNORECASE)
        sources.append(Source(match[2], match[3], _keyring(signed[1] if signed else "")))
    return sources


def _keyring(value: str) -> str:
    """The path of a key file. If the key is written into the source itself, Debian's is used."""
    return value if value.startswith("/") and " " not in value else KEYRING


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
