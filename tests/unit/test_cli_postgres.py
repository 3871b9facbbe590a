"""Choosing a database server, and running the embedded one for real."""

import os
import shutil
import signal
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from campus_cli import databases, paths, pg_embedded, postgres, process
from campus_cli.console import CampusError
from campus_cli.pg_embedded import Embedded


@pytest.fixture
def no_server_chosen(monkeypatch):
    for name in ("CAMPUS_DB_URL", "PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_server_chosen")
def test_without_a_choice_the_server_is_embedded():
    assert postgres.chosen() is None


@pytest.mark.usefixtures("no_server_chosen")
def test_a_url_goes_before_libpqs_own_variables(monkeypatch):
    monkeypatch.setenv("PGHOST", "other")
    monkeypatch.setenv("CAMPUS_DB_URL", "postgresql://campus:s%40fe@db.example:6432/maintenance")
    server = postgres.chosen()
    assert (server.host, server.port, server.user) == ("db.example", 6432, "campus")
    assert (server.password, server.maintenance, server.embedded) == ("s@fe", "maintenance", False)


def test_a_url_may_name_a_socket_folder():
    server = postgres.parse_url("postgresql://campus@/?host=/run/postgresql")
    assert (server.host, server.user, server.maintenance) == ("/run/postgresql", "campus", "postgres")


def test_another_kind_of_url_is_refused():
    with pytest.raises(CampusError, match="postgresql://"):
        postgres.parse_url("mysql://campus@db/x")


@pytest.mark.usefixtures("no_server_chosen")
@pytest.mark.parametrize("port", ["abc", "0", "70000", "-1", "５４３２", "5432.0"])
def test_a_port_that_is_none_is_a_sentence(port, monkeypatch):
    monkeypatch.setenv("PGHOST", "db")
    monkeypatch.setenv("PGPORT", port)
    with pytest.raises(CampusError, match=f"PGPORT is {port}, which is no port") as error:
        postgres.chosen()
    assert "5432" in error.value.hint
    for url in (f"postgresql://campus@db:{port}/x", f"postgresql://campus@/x?host=/run/pg&port={port}"):
        with pytest.raises(CampusError, match="is no port"):
            postgres.parse_url(url)


def test_an_address_with_colons_has_its_port_behind_the_bracket():
    assert postgres.parse_url("postgresql://campus:a%3Ab@[::1]:6432/x").port == 6432
    assert postgres.parse_url("postgresql://campus@[::1]/x").port == 5432


class Told(postgres.Server):
    """A server that answers what a test says."""

    answer = ("180004", "18.4", "campus", "t")

    def query(self, sql, database=""):
        return [list(self.answer)]


@pytest.mark.parametrize(
    ("answer", "said", "way_out"),
    [
        (
            ("140011", "14.11 (Debian)", "campus", "t"),
            "PostgreSQL 14.11 at db:5432 is too old",
            "15 or newer",
        ),
        (("150004", "15.4", "card", "f"), "role card may not create databases", 'ALTER ROLE "card" CREATEDB'),
        (("150004", "15.4", "card", ""), "role card may not create databases", "CREATEDB"),
    ],
)
def test_a_server_that_will_not_do_is_a_sentence_with_the_way_out(answer, said, way_out, monkeypatch):
    monkeypatch.setattr(Told, "answer", answer)
    with pytest.raises(CampusError, match=said) as error:
        postgres.check(Told("db", "card"))
    assert way_out in error.value.hint


def test_names_on_a_shared_server_bear_the_checkouts_mark():
    shared = postgres.Server("db", "campus")
    assert shared.name("demo") == f"campus_{paths.CHECKOUT}_demo"
    assert postgres.Server("x", "campus", embedded=True).name("demo") == "campus_demo"


@pytest.fixture
def checkout(monkeypatch):
    """An empty checkout with a `.campus` of its own, in reach of PostgreSQL's system user."""
    folder = Path(tempfile.mkdtemp(prefix="campus-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(paths, "WORK", folder / ".campus")
    monkeypatch.setattr(paths, "LOGS", folder / ".campus" / "log")
    monkeypatch.setattr(pg_embedded, "OUTSIDE", folder / "outside")
    monkeypatch.setattr(pg_embedded, "RUNTIME", folder)
    yield folder
    Embedded().remove()
    shutil.rmtree(folder)


@pytest.mark.usefixtures("checkout")
def test_the_embedded_server_starts_answers_and_stops():
    server = Embedded()
    server.start()
    assert server.is_running()
    assert server.socket_folder.stat().st_mode & 0o077 == 0, "only its own user reaches the socket"
    client = postgres.of(server)
    assert client.query("SELECT current_user, current_setting('fsync')") == [["campus", "on"]]
    assert client.query("SHOW listen_addresses") == []
    assert postgres.check(client).startswith("18")
    client.query("CREATE ROLE plain LOGIN")
    with pytest.raises(CampusError, match="role plain may not create databases"):
        postgres.check(replace(client, user="plain"))
    client.query("CREATE DATABASE one")
    databases.copy(client, "one", "two")
    databases.rename(client, "two", "three")
    assert databases.names(client, "t") == ["template0", "template1", "three"]
    assert server.stop()
    assert not server.is_running()
    assert not server.stop()


@pytest.mark.usefixtures("checkout")
def test_a_crash_and_a_half_made_cluster_are_repaired_by_the_next_start():
    server = Embedded()
    half_made = paths.WORK / "pg.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18")
    server.start()
    assert not half_made.exists()
    pid = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    while process.command_line(pid):
        pass
    assert not Embedded().is_running()
    Embedded().start()
    assert postgres.of(Embedded()).query("SELECT 1") == [["1"]]


@pytest.mark.usefixtures("checkout")
def test_a_pid_file_that_names_another_process_is_not_believed():
    server = Embedded()
    server.data.mkdir(parents=True)
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not server.is_running()


def test_a_long_path_gets_its_socket_elsewhere(checkout, monkeypatch):
    monkeypatch.setattr(paths, "WORK", checkout / ("deep" * 25))
    folder = Embedded().socket_folder
    assert len(str(folder / pg_embedded.SOCKET_NAME)) <= pg_embedded.SOCKET_PATH_MAX_BYTES


def test_below_a_private_home_root_keeps_the_data_outside(checkout, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pg_embedded, "_others_can_reach", lambda program: False)
    assert Embedded().data == checkout / "outside" / "pg"
    assert Embedded().programs.is_relative_to(checkout / "outside")
