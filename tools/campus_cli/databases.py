"""Databases with their file store: copy, rename, drop, all or nothing.

Odoo keeps attachments in files named by their content; a copy may therefore
share them by hard links.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import paths
from .postgres import Server

# A database with this ending is being made; one left behind is rubbish.
HALF_MADE = "__new"


def filestore(name: str) -> Path:
    return paths.ODOO_DATA / "filestore" / name


def exists(server: Server, name: str) -> bool:
    return bool(server.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def names(server: Server, prefix: str) -> list[str]:
    like = prefix.replace("_", r"\_") + "%"
    sql = f"SELECT datname FROM pg_database WHERE datname LIKE '{like}' ORDER BY 1"
    return [row[0] for row in server.query(sql)]


def drop(server: Server, name: str) -> None:
    server.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    drop_filestore(name)


def copy(server: Server, source: str, target: str) -> None:
    """A fresh `target` from `source`, which nobody may be using."""
    drop(server, target)
    disconnect(server, source)
    server.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY file_copy')
    copy_filestore(source, target)


def copy_filestore(source: str, target: str) -> None:
    """Give the database ``target`` the files of ``source``."""
    drop_filestore(target)
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(target), copy_function=_link)


def drop_filestore(name: str) -> None:
    """Delete a database's files."""
    shutil.rmtree(filestore(name), ignore_errors=True)


def rename(server: Server, source: str, target: str) -> None:
    """Put a finished database in place, in place of an older one."""
    drop(server, target)
    disconnect(server, source)
    if filestore(source).is_dir():
        filestore(source).rename(filestore(target))
    server.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')


def disconnect(server: Server, name: str) -> None:
    server.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
