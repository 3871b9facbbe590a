"""A lockdown reaches fifty edges; how fast is a figure of the run, not of the test."""

import json

from campus_core.taps import alone
from support.edge_lockdown import slowest_refusal


def test_every_one_of_fifty_edges_refuses_after_one_push(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(alone, "DUPLICATE_MS", 0)
    taken = slowest_refusal(tmp_path)
    with capsys.disabled():
        print(json.dumps({"edges": 50, "lockdown_s": round(taken, 3)}))
