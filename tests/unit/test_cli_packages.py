"""Packages of the machine: looked for, and named at once with the command that installs them."""

import pytest

from campus_cli import edge_packages, main, settings, system, venv
from campus_cli.commands import test as test_command
from campus_cli.console import CampusError
from support import webdriver


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setitem(system.PROBES, "chromium", lambda: False)
    with pytest.raises(CampusError, match="chromium") as error:
        system.require(["chromium"])
    assert error.value.hint == "sudo apt-get install --no-install-recommends chromium"


@pytest.mark.parametrize("arguments", [["test"], ["test", "unit"], ["test", "addons"], ["test", "e2e"]])
def test_all_that_is_missing_is_named_at_the_start_with_one_command(arguments, monkeypatch):
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    for name in system.PROBES:
        monkeypatch.setitem(system.PROBES, name, lambda: False)
    args = main.parse(arguments)
    with pytest.raises(CampusError) as error:
        test_command.run(args)
    named = set(error.value.hint.removeprefix(system.install_command([])).split())
    suites = arguments[1:] or test_command.SUITES
    assert {settings.SYSTEM_PACKAGES[name] for name in test_command._needs(suites)} <= named
    assert "python3-venv" in named


def test_all_that_the_suites_take_later_is_among_what_is_named_at_the_start():
    taken = {"unit": (*test_command.UNIT_NEEDS, *edge_packages.PACKAGES), "e2e": test_command.E2E_NEEDS}
    for suites in (["unit"], ["addons"], ["e2e"], list(test_command.SUITES)):
        named = set(test_command._needs(suites))
        assert set(venv.NEEDS) <= named
        assert {name for suite in suites for name in taken.get(suite, ())} <= named
        assert suites == ["unit"] or set(test_command.NEEDS) <= named


def test_every_system_package_can_be_looked_for():
    assert set(settings.SYSTEM_PACKAGES) == set(system.PROBES)
    assert set(edge_packages.PACKAGES) <= set(system.PROBES)


@pytest.mark.parametrize(("name", "package"), [("firefox", "firefox-esr"), ("webkit", "webkit2gtk-driver")])
def test_a_browser_that_is_not_there_is_named_with_the_command_that_installs_it(monkeypatch, name, package):
    for probe in webdriver.NEEDS[name]:
        monkeypatch.setitem(system.PROBES, probe, lambda: False)
    with pytest.raises(CampusError, match=f"no {name} on this machine") as error, webdriver.opened(name):
        pass
    assert package in error.value.hint


def test_the_browser_tests_have_every_browser_installed():
    needs = {need for packages in webdriver.NEEDS.values() for need in packages}
    assert needs <= set(test_command.E2E_NEEDS)
