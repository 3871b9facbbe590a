"""Databases with their file store: copy, rename and drop, completely or not at all.

Odoo names the files of attachments by their content. So a copy may share them by hard links.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import paths
from .postgres import Server

# A database with this ending is not finished. One that was left behind is deleted.
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
    """Copy `source` to a new database `target`. Nobody may be using `source`."""
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
    """Give a finished database its final name, and drop an older one with this name."""
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
