"""How many examples a property is tried with: few every day, many where `HYPOTHESIS_PROFILE=thorough`."""

import os

from hypothesis import HealthCheck, settings

IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
EVERYDAY_EXAMPLES = 40
_MORE = 25


def examples(everyday: int) -> int:
    """Return for `max_examples` how many there are, where a property needs other than the usual number."""
    return everyday * _MORE if IS_THOROUGH else everyday


def load_profile() -> None:
    """Say how many examples there are where a test does not; no test fails because a machine is busy."""
    settings.register_profile(
        "everyday",
        deadline=None,
        max_examples=examples(EVERYDAY_EXAMPLES),
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.register_profile("thorough", settings.get_profile("everyday"))
    settings.load_profile("thorough" if IS_THOROUGH else "everyday")
