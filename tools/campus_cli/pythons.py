"""The Pythons of this machine, and those that Odoo supports."""

from __future__ import annotations

import shutil
import subprocess
import sys

# Odoo 19 runs on these. With another Python, uv fetches one of them.
PYTHON_MIN, PYTHON_MAX = (3, 10), (3, 13)
PYTHON_OTHER = "3.12"
SYSTEM_PYTHON = "/usr/bin/python3"


def base_python() -> str:
    """The Python for `.venv`. If the machine has none that fits, uv fetches one.

    The distribution's own Python comes before the one that runs this program: it is built with profiles and
    is a fifth faster than most that were compiled by hand. If both are too new, an older one of the machine
    is used.
    """
    for python in (SYSTEM_PYTHON, sys.executable, *_older()):
        if PYTHON_MIN <= version_of(python) <= PYTHON_MAX:
            return python
    return PYTHON_OTHER


def version_of(python: str) -> tuple[int, ...]:
    """Major and minor version of a Python; (0, 0) if there is none."""
    command = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return (0, 0)
    return tuple(map(int, done.stdout.split()))


def has_headers(python: str) -> bool:
    """Whether extensions can be compiled for it. A Python that uv fetches can."""
    if python == PYTHON_OTHER:
        return True
    where = "import os, sysconfig; print(os.path.exists(sysconfig.get_path('include') + '/Python.h'))"
    done = subprocess.run([python, "-c", where], capture_output=True, text=True, check=False)
    return done.stdout.strip() == "True"


def _older() -> list[str]:
    """Pythons with the version in their name, the newest first."""
    versions = range(PYTHON_MAX[1], PYTHON_MIN[1] - 1, -1)
    found = (shutil.which(f"python3.{minor}") for minor in versions)
    return [python for python in found if python]
