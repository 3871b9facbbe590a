"""``campus-edge`` as somebody runs it: paired, with a reader on a wire, killed and started again."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import venv
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from support.edge_campus import Campus
from support.edge_program import Program
from support.edge_rig import until
from support.edge_server import EdgeServer

ROOT = Path(__file__).resolve().parents[2]
#: What an installer writes into the script of the same name.
ENTRY_POINT = """
import sys
from importlib.metadata import entry_points
(program,) = entry_points(group="console_scripts", name="campus-edge")
sys.exit(program.load()(sys.argv[1:]))
"""


@pytest.fixture
def server():
    campus = Campus()
    campus.add_cards(range(1, 20))
    with EdgeServer(campus) as running:
        yield running


@pytest.fixture
def program(server, tmp_path):
    with Program(tmp_path, ask_timeout_ms=2000) as made:
        paired = made.call("pair", server.code, server.url)
        assert paired.returncode == 0, paired.stderr
        yield made


def test_a_card_on_the_reader_is_charged_and_shown_in_the_status(program, server):
    process = program.run()
    assert program.started()
    program.put(1)
    assert until(lambda: server.charged)
    program.take()
    assert list(server.charged.values()) == [350]
    assert until(lambda: json.loads(program.call("status", "--json").stdout or "{}").get("taps") == 1, 60)
    # between two of its turns a busy edge may count as offline, or its status as old
    shown = until(lambda: (done := program.call("status")).returncode == 0 and done.stdout, 60)
    assert shown and "Canteen: online" in shown and "T01 ready" in shown
    assert until(lambda: server.heartbeats) and server.heartbeats[0]["readers"][0]["terminal"] == "T01"
    assert "04000001" not in program.log
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert all(json.loads(line)["at"] for line in program.log.splitlines())


def test_a_kill_between_journal_and_answer_leaves_no_charge(program, server, tmp_path):
    process = program.run()
    assert program.started()
    server.delay_ms = 1500
    program.put(2)
    assert until(lambda: _asked(tmp_path / "state" / "journal.db"))
    program.kill(process)
    program.take()
    server.delay_ms = 0
    program.run()
    assert until(lambda: server.finals, 20)
    final, _answer = next(iter(server.finals.values()))
    assert (final.outcome, final.code) == ("refused", "abandoned")
    assert server.charged == {}


def _asked(path):
    """How many taps that ask are on the disk."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
        return base.execute("SELECT count(*) FROM entry WHERE asked").fetchone()[0]


def test_taps_of_an_outage_survive_kills_and_are_charged_once(program, server):
    process = program.run()
    assert program.started()
    server.stop()
    for card in (3, 4):
        taps = program.log.count('"message": "tap"')
        program.put(card)
        assert until(lambda n=taps: program.log.count('"message": "tap"') > n)
        program.take()
        program.kill(process)
        process = program.run()
        assert program.started()
    verified = program.call("journal", "verify")
    assert verified.returncode == 0 and "every entry is proven" in verified.stdout
    server.start()
    assert until(lambda: len(server.charged) == 2, 20)
    assert sum(server.charged.values()) == 700


def test_the_record_proves_itself_and_shows_a_change(program, server, tmp_path):
    process = program.run()
    assert program.started()
    program.put(5)
    assert until(lambda: server.charged)
    process.terminate()
    process.wait(20)
    good = program.call("journal", "verify")
    assert (good.returncode, "every entry is proven" in good.stdout) == (0, True)
    with closing(sqlite3.connect(tmp_path / "state" / "journal.db")) as base:
        base.execute("UPDATE entry SET text = replace(text, ',350,', ',35,')")
        base.commit()
    bad = program.call("journal", "verify")
    assert bad.returncode == 1 and "entry 1 was changed" in bad.stdout


def test_two_programs_do_not_share_a_journal(program):
    program.run()
    assert program.started()
    second = program.call("run")
    assert second.returncode == 1 and "another campus-edge runs" in second.stderr


def test_a_wrong_code_says_so_and_a_paired_edge_stays_itself(program, server, tmp_path):
    identity = (tmp_path / "state" / "identity.json").read_text()
    again = program.call("pair", "WRONG", server.url)
    assert again.returncode == 1 and "paired already" in again.stderr
    forced = program.call("pair", "WRONG", server.url, "--force")
    assert forced.returncode == 1 and "pairing code" in forced.stderr
    assert (tmp_path / "state" / "identity.json").read_text() == identity


def test_an_edge_that_is_paired_anew_forgets_the_lockdowns_of_the_server_before(program, server, tmp_path):
    """Their numbers and zones mean something else there; a refused code changes nothing."""
    stored = tmp_path / "state" / "lockdowns.json"
    stored.write_text('{"orders": [{"number": 5, "zone": 2}], "ended": [4]}')
    assert program.call("pair", "WRONG", server.url, "--force").returncode == 1
    assert stored.exists()
    server.code = "ANEW"
    assert program.call("pair", "ANEW", server.url, "--force").returncode == 0
    assert not stored.exists()


def test_the_key_is_the_owners_alone(program, tmp_path):
    key = tmp_path / "state" / "edge.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    refused = program.call("run")
    assert refused.returncode == 1 and "chmod 600" in refused.stderr


def test_plain_http_to_another_machine_needs_a_word(program):
    refused = program.call("pair", "CODE", "http://campus.example", "--force")
    assert refused.returncode == 1 and "not encrypted" in refused.stderr


def test_the_probe_tells_what_is_well(program, server):
    good = program.call("probe")
    assert good.returncode == 0, good.stdout
    assert "knows Canteen" in good.stdout and "MB free" in good.stdout
    server.stop()
    bad = program.call("probe")
    assert bad.returncode == 1 and "BAD  server" in bad.stdout
    server.start()


def test_the_simulator_speaks_the_wire_of_a_reader(program, server):
    program.run()
    assert program.started()
    port = int(program.wire.url.rpartition(":")[2])
    program.wire.unplug()
    often = ("--rounds", "99", "--every-ms", "1500")
    with program.beside("simulate", "rdm6300", "04000007", "--tcp", str(port), *often) as said:
        assert until(lambda: server.charged, 60), said.read_text()
    assert "card 04000007" in said.read_text()


def test_the_wheel_brings_the_program(tmp_path, server):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "addons"):
        (source / name).symlink_to(ROOT / name)
    build = "import setuptools.build_meta as b, sys; print(b.build_wheel(sys.argv[1]))"
    built = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=source, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr[-2000:]
    wheel = tmp_path / built.stdout.split()[-1]
    # a fresh environment that has our wheel and, by a .pth, the libraries of this one
    fresh = tmp_path / "fresh"
    venv.create(fresh)
    site = next(fresh.glob("lib/python*/site-packages"))
    libraries = next(path for path in map(Path, sys.path) if (path / "cryptography").is_dir())
    (site / "libraries.pth").write_text(f"{libraries}\n")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    program = [str(fresh / "bin" / "python"), "-c", ENTRY_POINT]
    shown = subprocess.run([*program, "--help"], capture_output=True, text=True, env=env, check=True)
    assert "journal" in shown.stdout
    with Program(tmp_path, program) as made:
        made._env = lambda: env
        assert made.call("pair", server.code, server.url).returncode == 0
        made.run()
        assert made.started()
        made.put(1)
        assert until(lambda: server.charged)
