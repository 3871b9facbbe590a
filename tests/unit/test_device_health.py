"""Health of an edge: one word, and the reasons for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.devices import health as dh

WELL = {"seen_age_s": 5, "snapshot_age_s": 60}
reports = st.builds(
    dh.Report,
    in_use=st.booleans(),
    seen_age_s=st.none() | st.integers(0, 10_000),
    snapshot_age_s=st.none() | st.integers(0, 200_000),
    drift_ms=st.integers(-(10**6), 10**6),
    queue=st.integers(0, 5000),
    tamper=st.booleans(),
    fault=st.booleans(),
    bad_readers=st.integers(0, 3),
)


@pytest.mark.parametrize(
    ("changes", "health", "reasons"),
    [
        ({}, dh.OK, ()),
        ({"in_use": False, "tamper": True}, dh.OFF, ()),
        ({"seen_age_s": None}, dh.SILENT, (dh.NEVER_SEEN,)),
        ({"seen_age_s": 301, "tamper": True}, dh.SILENT, (dh.NO_HEARTBEAT,)),
        ({"seen_age_s": 300}, dh.LATE, (dh.NO_HEARTBEAT,)),
        ({"seen_age_s": 90}, dh.OK, ()),
        ({"seen_age_s": 91}, dh.LATE, (dh.NO_HEARTBEAT,)),
        ({"tamper": True, "bad_readers": 1}, dh.SICK, (dh.TAMPER, dh.READER)),
        ({"fault": True, "queue": 9999}, dh.SICK, (dh.FAULT,)),
        ({"drift_ms": -60_001}, dh.SICK, (dh.CLOCK,)),
        ({"drift_ms": 60_000}, dh.OK, ()),
        ({"queue": 501, "snapshot_age_s": None}, dh.LATE, (dh.QUEUE, dh.SNAPSHOT)),
        ({"snapshot_age_s": 86_401}, dh.LATE, (dh.SNAPSHOT,)),
    ],
)
def test_health_and_its_reasons(changes, health, reasons):
    assert dh.health(dh.Report(**{**WELL, **changes}), dh.Limits()) == (health, reasons)


@given(reports)
def test_who_is_not_well_has_a_reason_and_who_is_well_has_none(report):
    health, reasons = dh.health(report, dh.Limits())
    assert bool(reasons) is (health not in (dh.OK, dh.OFF))
