"""Shared by all suites that run without Odoo's own test runner."""

import json
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
# End-to-end tests start servers and browsers on machines that may be busy.
E2E_TIMEOUT_S = 900


@pytest.fixture(scope="session")
def data_folder():
    """Sample files of old card systems."""
    return TESTS / "data"


@pytest.fixture(scope="session")
def vectors():
    """Return the example values that several suites share, by the name of their file."""
    return lambda name: json.loads((TESTS / "vectors" / f"{name}.json").read_text(encoding="utf-8"))


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(TESTS / "e2e"):
            item.add_marker(pytest.mark.timeout(E2E_TIMEOUT_S))
