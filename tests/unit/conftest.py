"""For the unit tests: a busy machine is no failure."""

import os

from hypothesis import HealthCheck, settings

# An example may take long because other programs run; how fast something is, is measured by the benches.
examples = int(os.environ.get("CAMPUS_EXAMPLES", "100"))
settings.register_profile(
    "campus", deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("campus")
