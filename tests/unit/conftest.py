"""For the unit tests: a busy machine is no failure."""

from hypothesis import HealthCheck, settings

# An example may take long because other programs run; how fast something is, is measured by the benches.
settings.register_profile("campus", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("campus")
