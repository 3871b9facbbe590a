"""The commands' own rules: exit codes, sums, what belongs into a database."""

import argparse
import re
import sys
from pathlib import Path

import pytest

from campus_cli import builds, edge_packages, main, odoo_tree, paths, settings, venv
from campus_cli.commands import bench, import_file, lint
from campus_cli.commands import test as test_command
from campus_cli.console import CampusError, Steps
from campus_cli.odoo_process import REPORTED, WARNED, Odoo, is_wrong
from campus_cli.odoo_tree import OdooTree
from campus_cli.postgres import Server


def outcome(code=0, **counts):
    return test_command.Outcome("unit", code, 1.0, counts)


@pytest.mark.parametrize(
    ("outcomes", "selected", "code", "last_line"),
    [
        ([outcome(passed=3)], False, 0, "3 passed, 0 failed"),
        ([outcome(passed=3), outcome(passed=2)], False, 0, "5 passed, 0 failed"),
        ([outcome(1, passed=3, failed=1, error=1)], False, 1, "3 passed, 2 failed"),
        ([outcome(passed=3, skipped=1)], False, 1, "3 passed, 1 failed"),
        ([outcome(passed=3, xfailed=1)], False, 1, "3 passed, 1 failed"),
        ([outcome(5)], False, 1, "0 passed, 1 failed"),
        ([outcome(5)], True, 1, "0 passed, 0 failed"),
        ([outcome(5), outcome(passed=1)], True, 0, "1 passed, 0 failed"),
        ([outcome(passed=1), outcome(4)], False, 1, "1 passed, 1 failed"),
        ([outcome(-9)], False, 1, "0 passed, 1 failed"),
    ],
)
def test_the_last_line_sums_up_and_nothing_unproved_counts_as_good(
    capsys, outcomes, selected, code, last_line
):
    assert test_command.report(outcomes, selected) == code
    assert capsys.readouterr().out.splitlines()[-1] == last_line


def test_what_follows_two_dashes_goes_to_pytest():
    args = main.parse(["test", "unit", "-k", "money", "--", "-x", "--durations=5"])
    assert (args.suite, args.k, args.pytest) == ("unit", "money", ["-x", "--durations=5"])
    assert main.parse(["test"]).pytest == []


def test_nothing_follows_two_dashes_where_there_is_no_pytest(capsys):
    with pytest.raises(SystemExit):
        main.parse(["demo", "--", "-x"])
    assert "nothing may follow --" in capsys.readouterr().err


@pytest.mark.parametrize("command", main.COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main.main([command, "--help"])
    assert stop.value.code == 0
    assert f"campus {command}" in capsys.readouterr().out


@pytest.fixture
def mine(monkeypatch):
    """Whoever made this checkout's folders: it is no matter here."""
    monkeypatch.setattr("campus_cli.owners.check", lambda: None)


@pytest.mark.usefixtures("mine")
def test_an_error_is_a_message_with_a_hint(capsys, monkeypatch):
    def fail(args):
        raise CampusError("broken", "mend it")

    monkeypatch.setattr("campus_cli.commands.stop.run", fail)
    assert main.main(["stop"]) == 1
    assert capsys.readouterr().err == "error: broken\nhint: mend it\n"


@pytest.mark.usefixtures("mine")
def test_an_interrupt_has_its_usual_exit_code(monkeypatch):
    def interrupt(args):
        raise KeyboardInterrupt

    monkeypatch.setattr("campus_cli.commands.stop.run", interrupt)
    assert main.main(["stop"]) == main.INTERRUPTED


@pytest.mark.parametrize(
    ("dry_run", "committed", "errors", "policy", "good"),
    [
        (True, False, [], "all_or_nothing", True),
        (True, False, [{}], "all_or_nothing", False),
        (True, False, [{}], "skip_bad_rows", True),
        (False, True, [], "all_or_nothing", True),
        (False, True, [{}], "skip_bad_rows", True),
        (False, False, [{}], "all_or_nothing", False),
    ],
)
def test_an_import_went_well_when_it_was_done_or_would_be(dry_run, committed, errors, policy, good):
    answer = {"dry_run": dry_run, "committed": committed, "errors": errors, "policy": policy}
    assert import_file.went_well(answer) is good


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [("余额", "1,2,3", "row 7, 余额: '1,2,3' no amount"), ("", "", "row 7: no amount")],
)
def test_a_problem_is_one_sentence(column, value, text):
    problem = {"row": 7, "column": column, "value": value, "message": "no amount"}
    assert import_file.sentence(problem) == text


@pytest.mark.parametrize(("done", "total", "text"), [(0, 10, "  0%"), (5, 10, " 50%"), (12, 10, "100%")])
def test_the_progress_bar_stays_in_its_frame(done, total, text):
    bar = import_file.bar(done, total, width=10)
    assert bar.endswith(text)
    assert len(bar) == 17


def test_an_unknown_benchmark_names_the_known_ones():
    with pytest.raises(CampusError, match="no benchmark nonsense"):
        bench.run(argparse.Namespace(name="nonsense", json=False, rest=[]))


def make_tree(folder, release="19, 0"):
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(f"version_info = ({release}, 0, 'final', 0, '')\n")
    (folder / "addons" / "web").mkdir(parents=True)
    (folder / "addons" / "web" / "__manifest__.py").write_text("{}")
    return folder


def test_a_tree_named_by_the_environment_goes_first(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMPUS_ODOO", str(make_tree(tmp_path / "tree")))
    tree = odoo_tree.find_chosen()
    assert tree.base == tmp_path / "tree"
    assert tree.release == "19.0"
    assert tree.addons_paths == [tmp_path / "tree" / "addons"]


def test_a_tree_of_another_release_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMPUS_ODOO", str(make_tree(tmp_path / "tree", "18, 0")))
    with pytest.raises(CampusError, match=r"not a tree of Odoo 19\.0"):
        odoo_tree.find_chosen()


def test_what_killed_downloads_left_is_cleared(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("CAMPUS_ODOO", raising=False)
    make_tree(tmp_path / "campus" / "odoo" / "19.0-git-abc")
    for left in ("tmp-123", "tmp-123-apt"):
        make_tree(tmp_path / "campus" / "odoo" / left)
    with Steps(1).step("Odoo") as step:
        odoo_tree.ensure(Path(sys.executable), step)
    assert {path.name for path in odoo_tree.cache_folder().iterdir()} == {"lock", "19.0-git-abc"}


def test_a_half_unpacked_copy_in_the_cache_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    make_tree(tmp_path / "campus" / "odoo" / "tmp-123")
    assert odoo_tree.find_cached() is None
    make_tree(tmp_path / "campus" / "odoo" / "19.0-git-abc")
    assert odoo_tree.find_cached().origin == "19.0-git-abc"


def test_the_configuration_is_private_and_names_one_database(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "CONF", tmp_path)
    server = Server("db", "campus", 6432, "secret")
    odoo = Odoo(OdooTree(make_tree(tmp_path / "tree"), "test"), server, "one", "server", {"workers": 2})
    text = odoo.write_config().read_text()
    assert odoo.config == tmp_path / "one-server.conf"
    assert odoo.config.stat().st_mode & 0o077 == 0
    wanted = ("db_name = one", "db_port = 6432", "db_password = secret", "list_db = False", "workers = 2")
    assert all(line in text.splitlines() for line in wanted)
    assert "PGDATABASE" not in odoo.env()
    assert odoo.command("shell", "--no-http")[2:5] == ["shell", "-c", str(odoo.config)]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("2026-01-01 10:00:00,000 12 ERROR demo odoo.sql_db: bad query", True),
        ("2026-01-01 10:00:00,000 12 CRITICAL demo odoo: no", True),
        ("2026-01-01 10:00:00,000 12 INFO demo odoo: an ERROR in a sentence", False),
        (
            "2026-01-01 10:00:00,000 12 ERROR ? odoo.sql_db: bad query: b'CREATE EXTENSION IF NOT EXISTS x'",
            False,
        ),
    ],
)
def test_errors_in_odoos_log_are_told_from_what_is_harmless(line, error):
    assert is_wrong(line, REPORTED) is error


@pytest.mark.parametrize(
    ("level", "wrong"), [("INFO", False), ("WARNING", True), ("ERROR", True), ("CRITICAL", True)]
)
def test_an_installation_without_warnings_reports_them(level, wrong):
    line = (
        f"2026-01-01 10:00:00,000 12 {level} demo odoo.addons.base.models.ir_model: Two fields have one label"
    )
    assert is_wrong(line, WARNED) is wrong


def test_tests_and_pictures_do_not_make_a_new_database(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ADDONS", tmp_path)
    (tmp_path / "campus_card" / "tests").mkdir(parents=True)
    (tmp_path / "campus_card" / "models.py").write_text("a = 1\n")
    before = builds.digest_of(["campus_card"])
    (tmp_path / "campus_card" / "tests" / "test_x.py").write_text("b = 1\n")
    assert builds.digest_of(["campus_card"]) == before
    (tmp_path / "campus_card" / "models.py").write_text("a = 2\n")
    assert builds.digest_of(["campus_card"]) != before


def test_a_database_is_built_on_the_nearest_one_there_is(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ADDONS", tmp_path)
    below, addons = [], ["campus_card", "campus_import", "campus_terminal", "campus_portal"]
    for addon in addons:
        (tmp_path / addon).mkdir()
        (tmp_path / addon / "__manifest__.py").write_text(repr({"depends": below[-1:]}))
        below.append(addon)
    ws = argparse.Namespace(server=Server("x", "campus", embedded=True))
    there = set()
    monkeypatch.setattr(builds.databases, "exists", lambda _server, name: name in there)
    assert builds._nearest(ws, "base", addons) == ("base", addons)
    for count in (1, 3):
        name = builds._product_name(ws, "base", addons[:count])[1]
        there.add(name)
        assert builds._nearest(ws, "base", addons) == (name, addons[count:])
    # what has changed since is installed anew
    (tmp_path / "campus_terminal" / "models.py").write_text("a = 1\n")
    assert builds._nearest(ws, "base", addons) == (min(there - {name}), addons[1:])
    assert builds._nearest(ws, "other base", addons) == ("other base", addons)


def test_an_addon_without_the_one_it_depends_on_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ADDONS", tmp_path)
    for name, depends in (("campus_card", ["account"]), ("campus_reports", ["campus_pos"])):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").write_text(repr({"depends": depends}))
    assert settings.existing(settings.PRODUCT_ADDONS) == ["campus_card"]
    assert settings.base_modules() == ["account", "base_automation", "l10n_cn", "payment_demo"]


@pytest.mark.parametrize(
    ("lock", "fewest"), [(paths.REQUIREMENTS, 50), (edge_packages.REQUIREMENTS, 5)], ids=["main", "edge"]
)
def test_the_locked_list_has_a_hash_for_everything_and_no_host(lock, fewest):
    text = lock.read_text(encoding="utf-8")
    pins = [block for block in text.split("\n") if "==" in block]
    assert len(pins) > fewest
    assert all(pin.endswith("\\") for pin in pins), "every pin is followed by its hashes"
    assert "://" not in text
    assert len(venv.lock_digest()) == 64


def test_packages_are_in_one_version_though_there_are_two_locked_lists():
    main_list, edge_list = (
        dict(re.findall(r"^([\w-]+)==([\w.]+)", lock.read_text(encoding="utf-8"), re.M))
        for lock in (paths.REQUIREMENTS, edge_packages.REQUIREMENTS)
    )
    assert "pyserial" in edge_list
    assert {name: main_list.get(name, version) for name, version in edge_list.items()} == edge_list


def test_the_bad_addon_is_not_among_the_linted_ones():
    assert lint.BAD_ADDON.startswith("tests/")
    assert set(lint._addons()) <= set(settings.DEMO_ADDONS)


def test_addons_are_installed_with_what_is_below_them():
    assert settings.with_dependencies(["campus_pos"]) == ["campus_card", "campus_pos"]


def test_the_demo_is_tested_in_a_database_of_its_own():
    groups = test_command.addon_groups(None)
    assert "campus_card" in groups[0]
    assert all("campus_demo" not in group or group == ["campus_demo"] for group in groups)
    assert test_command.addon_groups(["campus_card"]) == [["campus_card"]]
