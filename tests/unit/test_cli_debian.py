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


@pytest.fixture
def debian_tree(tmp_path):
    """A copy of Odoo whose addon mail names a file that is not there."""
    base = tmp_path / "19.0.0-1" / odoo_debian.PACKAGES
    for folder in ("web", "mail"):
        (base / "odoo/addons" / folder).mkdir(parents=True)
    (base / "odoo/release.py").write_text("version_info = (19, 0, 0, 'final', 0, '')\n", encoding="utf-8")
    (base / "odoo/addons/web/__manifest__.py").write_text("{}", encoding="utf-8")
    manifest = base / "odoo/addons/mail/__manifest__.py"
    manifest.write_text(repr({"assets": [odoo_debian.LEFT_OUT.name]}), encoding="utf-8")
    return base


def test_a_copy_of_ours_gets_an_empty_file_for_the_one_that_debian_leaves_out(debian_tree, monkeypatch):
    monkeypatch.setattr(
        odoo_tree, "cache_folder", lambda: debian_tree.parents[len(odoo_debian.PACKAGES.parts)]
    )
    assert odoo_debian.has_gap(debian_tree)
    assert odoo_tree.find_cached().base == debian_tree
    assert (debian_tree / odoo_debian.LEFT_OUT).read_text(encoding="utf-8").startswith("//")
    assert not odoo_debian.has_gap(debian_tree)


def test_an_installed_odoo_with_the_gap_is_neither_taken_nor_changed(debian_tree, monkeypatch):
    origin = f"print({str(debian_tree / 'odoo/release.py')!r})"
    run = subprocess.run
    monkeypatch.setattr(
        odoo_tree.subprocess, "run", lambda _command, **how: run([sys.executable, "-c", origin], **how)
    )
    assert odoo_tree.find_importable(Path(sys.executable)) is None
    assert odoo_debian.has_gap(debian_tree)


def test_a_file_that_odoo_does_not_name_is_not_made(debian_tree):
    (debian_tree / "odoo/addons/mail/__manifest__.py").write_text("{}", encoding="utf-8")
    odoo_debian.fill_gap(debian_tree)
    assert not (debian_tree / odoo_debian.LEFT_OUT).exists()
