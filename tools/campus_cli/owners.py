"""Checks that all files of a checkout belong to one user. Root and another user must not mix."""

from __future__ import annotations

import errno
import os
import pwd

from . import paths
from .console import CampusError


def check() -> None:
    """Raise if the files that this command would write to belong to another user."""
    mine = os.geteuid()
    if mine == 0:
        return
    made = [path for path in (paths.WORK, paths.VENV, paths.ARTIFACTS, paths.cache()) if path.exists()]
    foreign = [path for path in made if path.stat().st_uid != mine]
    if foreign:
        owner = _name(foreign[0].stat().st_uid)
        shown = ", ".join(map(paths.relative, foreign))
        raise CampusError(f"{shown} belongs to {owner}, who ran ./campus here before", _way_out(foreign))


def mendable(error: OSError) -> CampusError | None:
    """What a person can do about the error; None if it is an error of the program."""
    where = str(error.filename or "")
    if isinstance(error, PermissionError) and where:
        return CampusError(
            f"no permission for {where}: another user made it, perhaps root with sudo ./campus",
            _way_out(
                [path for path in (paths.WORK, paths.VENV, paths.ARTIFACTS, paths.cache()) if path.exists()]
            ),
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return CampusError(
            f"the disk is full: {where}" if where else "the disk is full", "make room and try again"
        )
    if error.errno == errno.EROFS:
        return CampusError(f"the disk cannot be written: {where}", "copy the checkout to a disk that can")
    return None


def _way_out(folders: list) -> str:
    shown = " ".join(map(paths.relative, folders))
    return f"sudo ./campus stop; sudo chown -R {_name(os.geteuid())}: {shown}"


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
