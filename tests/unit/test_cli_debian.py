"""Which Debian archive the machine uses, read from both forms of its source lists."""

import subprocess
import sys
from pathlib import Path

import pytest

from campus_cli import odoo_debian, odoo_tree, paths
from campus_cli.console import CampusError, Steps
from campus_cli.odoo_debian import KEYRING, Source

DEB822 = """\
# main archive
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/own.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: sid
Components: main

Types: deb
URIs: http://vendor.example/tool
Suites: nodistro
Components: tool
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
"""

ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/own.gpg] http://mirror.example/debian bookworm main contrib
deb http://mirror.example/debian bookworm-updates main # updates
deb-src http://mirror.example/debian bookworm main
deb http://vendor.example/tool stable tool
"""


def test_stanzas_are_read_with_their_key_and_disabled_ones_left_out():
    assert odoo_debian.parse_deb822(DEB822) == [
        Source("http://mirror.example/debian", "bookworm", "/usr/share/keyrings/own.gpg"),
        Source("http://mirror.example/debian", "bookworm-updates", "/usr/share/keyrings/own.gpg"),
        Source("http://mirror.example/security", "bookworm-security", KEYRING),
    ]


def test_one_line_sources_are_read_with_their_key():
    assert odoo_debian.parse_one_line(ONE_LINE) == [
        Source("http://mirror.example/debian", "bookworm", "/etc/own.gpg"),
        Source("http://mirror.example/debian", "bookworm-updates", KEYRING),
    ]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with these source files and this `/etc/os-release`."""
    (tmp_path / "sources.list.d").mkdir()
    read = odoo_debian._read

    def make(release, **files):
        for name, text in files.items():
            (tmp_path / "sources.list.d" / name.replace("_", ".")).write_text(text)
        fake = {"/etc/os-release": release}
        monkeypatch.setattr(odoo_debian, "_read", lambda path: fake.get(str(path)) or read(path))

    monkeypatch.setattr(odoo_debian, "APT", tmp_path)
    return make


def test_the_archive_of_the_machines_own_release_is_found(machine):
    machine("ID=debian\nVERSION_CODENAME=bookworm\n", debian_sources=DEB822)
    found = odoo_debian.find_source()
    assert found == Source("http://mirror.example/debian", "bookworm", "/usr/share/keyrings/own.gpg")


def test_another_distribution_is_told_apart(machine):
    machine("ID=ubuntu\nVERSION_CODENAME=noble\n", ubuntu_list=ONE_LINE)
    with pytest.raises(CampusError, match="not Debian"):
        odoo_debian.find_source()


def test_a_debian_without_its_own_archive_is_an_error(machine):
    machine("ID=debian\nVERSION_CODENAME=trixie\n", vendor_list="deb http://vendor.example/x nodistro main\n")
    with pytest.raises(CampusError, match="no source of trixie"):
        odoo_debian.find_source()


def test_where_debian_cannot_help_the_branch_is_cloned_into_the_cache(tmp_path, monkeypatch):
    source = tmp_path / "source"
    for path, text in (
        ("odoo/release.py", "version_info = (19, 0, 0, 'final', 0, '')\n"),
        ("addons/web/__manifest__.py", "{}\n"),
    ):
        (source / path).parent.mkdir(parents=True)
        (source / path).write_text(text)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(source)]
    for arguments in (["init", "-q", "-b", "19.0"], ["add", "."], ["commit", "-q", "-m", "tree"]):
        subprocess.run([*git, *arguments], check=True)

    def no_debian(target, step):
        raise CampusError("this machine is not Debian")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("CAMPUS_ODOO_GIT", source.as_uri())
    monkeypatch.delenv("CAMPUS_ODOO", raising=False)
    monkeypatch.setattr(odoo_debian, "fetch", no_debian)
    monkeypatch.setattr(paths, "LOGS", tmp_path / "log")
    with Steps(1).step("Odoo") as step:
        tree = odoo_tree.ensure(Path(sys.executable), step)
    assert tree.origin.startswith("19.0-git-")
    assert tree.addons_paths == [tree.base / "addons"]
    left_over = {path.name for path in odoo_tree.cache_folder().iterdir()} - {"lock", tree.base.name}
    assert not left_over
