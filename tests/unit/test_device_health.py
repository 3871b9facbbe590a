"""Health of an edge: one word, and the reasons for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus_core.devices import checkup

WELL = {"seen_age_s": 5, "snapshot_age_s": 60}
reports = st.builds(
    checkup.Report,
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
        ({}, checkup.OK, ()),
        ({"in_use": False, "tamper": True}, checkup.OFF, ()),
        ({"seen_age_s": None}, checkup.SILENT, (checkup.NEVER_SEEN,)),
        ({"seen_age_s": 301, "tamper": True}, checkup.SILENT, (checkup.NO_HEARTBEAT,)),
        ({"seen_age_s": 300}, checkup.LATE, (checkup.NO_HEARTBEAT,)),
        ({"seen_age_s": 90}, checkup.OK, ()),
        ({"seen_age_s": 91}, checkup.LATE, (checkup.NO_HEARTBEAT,)),
        ({"tamper": True, "bad_readers": 1}, checkup.SICK, (checkup.TAMPER, checkup.READER)),
        ({"fault": True, "queue": 9999}, checkup.SICK, (checkup.FAULT,)),
        ({"drift_ms": -60_001}, checkup.SICK, (checkup.CLOCK,)),
        ({"drift_ms": 60_000}, checkup.OK, ()),
        ({"queue": 501, "snapshot_age_s": None}, checkup.LATE, (checkup.QUEUE, checkup.SNAPSHOT)),
        ({"snapshot_age_s": 86_401}, checkup.LATE, (checkup.SNAPSHOT,)),
    ],
)
def test_health_and_its_reasons(changes, health, reasons):
    assert checkup.health(checkup.Report(**{**WELL, **changes}), checkup.Limits()) == (health, reasons)


@given(reports)
def test_who_is_not_well_has_a_reason_and_who_is_well_has_none(report):
    health, reasons = checkup.health(report, checkup.Limits())
    assert bool(reasons) is (health not in (checkup.OK, checkup.OFF))
