"""Which Python `.venv` is made of."""

import sys

import pytest

from campus_cli import venv

HERE = sys.version_info[:2]


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        ({"/usr/bin/python3": (3, 11), sys.executable: (3, 12)}, "/usr/bin/python3"),
        ({"/usr/bin/python3": (3, 9), sys.executable: (3, 13)}, sys.executable),
        ({"/usr/bin/python3": (0, 0), sys.executable: (3, 10)}, sys.executable),
        ({"/usr/bin/python3": (3, 14), sys.executable: (3, 14)}, venv.PYTHON_OTHER),
    ],
)
def test_the_distributions_python_comes_first_where_odoo_runs_on_it(versions, chosen, monkeypatch):
    monkeypatch.setattr(venv, "version_of", versions.__getitem__)
    assert venv.base_python() == chosen


def test_a_python_says_its_version_and_what_is_none_says_nothing(tmp_path):
    assert venv.version_of(sys.executable) == HERE
    assert venv.version_of(str(tmp_path / "python")) == (0, 0)
    assert venv.version_of("/bin/false") == (0, 0)
