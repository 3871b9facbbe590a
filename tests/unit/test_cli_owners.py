"""Files that another user made, a full disk: a sentence with the way out, never a traceback."""

import errno
import os
import pwd

import pytest

from campus_cli import main, owners, paths
from campus_cli.console import CampusError

ME = pwd.getpwuid(os.geteuid()).pw_name


@pytest.fixture(autouse=True)
def checkout(tmp_path, monkeypatch):
    for name in ("WORK", "VENV", "ARTIFACTS"):
        monkeypatch.setattr(paths, name, tmp_path / name.lower())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_what_is_ones_own_or_not_there_is_no_problem():
    owners.check()
    paths.WORK.mkdir()
    owners.check()


def test_what_root_made_with_sudo_is_told_before_anything_starts(monkeypatch, capsys):
    paths.WORK.mkdir()
    paths.VENV.mkdir()
    mine = paths.WORK.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1000)
    monkeypatch.setattr("campus_cli.commands.stop.run", lambda args: pytest.fail("it was started"))
    assert main.main(["stop"]) == 1
    told = capsys.readouterr().err
    assert f"belongs to {pwd.getpwuid(mine).pw_name}, who ran ./campus here before" in told
    assert (
        f"hint: sudo ./campus stop; sudo chown -R {owners._name(mine + 1000)}: {paths.WORK} {paths.VENV}"
        in told
    )


def test_root_may_work_in_everybodys_checkout(monkeypatch):
    paths.WORK.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    owners.check()


@pytest.mark.parametrize(
    ("error", "said", "way_out"),
    [
        (PermissionError(errno.EACCES, "no", "/x/lock"), "no permission for /x/lock", "sudo chown -R"),
        (OSError(errno.ENOSPC, "no", "/x/y"), "the disk is full: /x/y", "make room"),
        (OSError(errno.EROFS, "no", "/x/y"), "cannot be written: /x/y", "copy the checkout"),
    ],
)
def test_an_error_of_the_disk_is_a_sentence(error, said, way_out, monkeypatch, capsys):
    def fail(args):
        raise error

    monkeypatch.setattr("campus_cli.commands.stop.run", fail)
    assert main.main(["stop"]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert way_out in told


def test_an_error_of_the_program_stays_one(monkeypatch):
    def fail(args):
        raise OSError(errno.EPIPE + 1, "strange")

    monkeypatch.setattr("campus_cli.commands.stop.run", fail)
    with pytest.raises(OSError, match="strange"):
        main.main(["stop"])


def test_the_way_out_names_who_is_to_have_the_files():
    with pytest.raises(CampusError):
        raise owners.mendable(PermissionError(errno.EACCES, "no", "/x"))
    assert f"chown -R {ME}:" in owners.mendable(PermissionError(errno.EACCES, "no", "/x")).hint
