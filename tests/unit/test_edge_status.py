"""How an edge says that it is not well when it cannot write it down."""

import json
import time
from types import SimpleNamespace

import pytest

from campus_edge.cli import look
from campus_edge.files import is_locked, lock

STATUS = {
    "name": "Canteen", "state": "online", "websocket": True, "drift_ms": 0, "snapshot": 5, "cards": 10,
    "snapshot_age_s": 1, "head_seq": 3, "queue": 0, "offline_minor": 0, "problems": ["a problem"],
    "readers": [
        {"terminal": "T01", "state": "ready", "detail": "", "tamper": False},
        {"terminal": "T02", "state": "lost", "detail": "unplugged", "tamper": False},
    ],
}  # fmt: skip


@pytest.fixture
def said(tmp_path, capsys):
    """What ``campus-edge status`` says of a status that was written so long ago."""

    def say(age_s, as_json=False):
        at_ms = int((time.time() - age_s) * 1000)
        (tmp_path / "status.json").write_text(json.dumps(STATUS | {"at_ms": at_ms}))
        code = look.status(SimpleNamespace(state_folder=tmp_path), as_json)
        out = capsys.readouterr().out
        return code, json.loads(out) if as_json else out

    return say


def test_an_edge_that_runs_is_as_it_says(said, tmp_path):
    with lock(tmp_path):
        code, text = said(2)
    assert code == 0 and "Canteen: online" in text and "T01 ready" in text


@pytest.mark.parametrize("age_s", [120, -120])
def test_an_edge_that_runs_and_writes_no_status_is_sick(said, tmp_path, age_s):
    with lock(tmp_path):
        code, text = said(age_s)
        _code, values = said(age_s, as_json=True)
    assert code == 1 and "Canteen: sick" in text and "is the disk full" in text
    assert "ready" not in text and "T01 sick" in text and "T02 lost unplugged" in text
    assert (values["running"], values["state"]) == (True, "sick")
    assert values["problems"][1:] == ["a problem"]


def test_an_edge_that_does_not_run_is_not_running_however_young_its_status_is(said):
    code, text = said(2)
    assert code == 1 and "not running since 2 s" in text


def test_a_look_at_the_lock_takes_nothing(tmp_path):
    assert not is_locked(tmp_path)
    with lock(tmp_path):
        assert is_locked(tmp_path)
        with pytest.raises(BlockingIOError):
            lock(tmp_path)
    assert not is_locked(tmp_path)
    lock(tmp_path).close()
