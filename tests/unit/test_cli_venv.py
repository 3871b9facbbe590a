"""Which Python `.venv` is made of, and what that takes."""

import sys

import pytest

from campus_cli import pythons, system

HERE = sys.version_info[:2]


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        ({"/usr/bin/python3": (3, 11), sys.executable: (3, 12)}, "/usr/bin/python3"),
        ({"/usr/bin/python3": (3, 9), sys.executable: (3, 13)}, sys.executable),
        ({"/usr/bin/python3": (0, 0), sys.executable: (3, 10)}, sys.executable),
        ({"/usr/bin/python3": (3, 14), sys.executable: (3, 14)}, pythons.PYTHON_OTHER),
    ],
)
def test_the_distributions_python_comes_first_where_odoo_runs_on_it(versions, chosen, monkeypatch):
    monkeypatch.setattr(pythons, "version_of", versions.__getitem__)
    monkeypatch.setattr(pythons.shutil, "which", lambda name: None)
    assert pythons.base_python() == chosen


def test_a_python_says_its_version_and_what_is_none_says_nothing(tmp_path):
    assert pythons.version_of(sys.executable) == HERE
    assert pythons.version_of(str(tmp_path / "python")) == (0, 0)
    assert pythons.version_of("/bin/false") == (0, 0)


@pytest.mark.parametrize("installed", [("python3.13", "python3.11"), ("python3.11",), ("python3.10",)])
def test_an_older_python_is_taken_where_the_newest_is_not_supported(installed, monkeypatch):
    def version_of(python):
        return tuple(map(int, python[6:].split("."))) if python in installed else (3, 14)

    monkeypatch.setattr(pythons, "version_of", version_of)
    monkeypatch.setattr(pythons.shutil, "which", lambda name: name if name in installed else None)
    assert pythons.base_python() == installed[0]


def test_what_making_an_environment_takes_is_named_like_everything_else(monkeypatch):
    monkeypatch.setattr(system.shutil, "which", lambda name: None)
    monkeypatch.setattr(system.process, "answers", lambda command, **popen: False)
    assert system.missing(["python-venv"]) == ["python-venv"]
    assert system.packages(["python-venv"]) == ["python3-venv"]
