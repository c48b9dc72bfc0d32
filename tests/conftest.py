"""Settings that all tests share."""

from hypothesis import HealthCheck, settings

# a slow machine must not fail a property, and many random inputs are no valid scenarios
settings.register_profile(
    "allocator",
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
settings.load_profile("allocator")
