"""Errors between a caller and Scenario, as sentences that a model can act on.

ScenarioError
├── SearchRefused     400, 422   the request is wrong: which part, and a valid example
├── NotAuthorized     401, 403   which setting to look at
├── NotFound          404        no such asset or model
├── RateLimited       429        how long to wait
│   └── QuotaExceeded 429        the plan's searches are used up: never retried
└── Unavailable       5xx, time-outs, no network, an answer that is not the API's

SettingsRefused stands apart: it ends the start-up, before there is a caller.
"""

TELL_THE_OPERATOR = "If it stays so, tell the server's operator."


class ScenarioError(Exception):
    """Its message says what happened, then what to do. It is safe to show: ours, without secrets.

    `for_operator` is what only whoever set up the server can do. Of a server for many, that is not who asks.
    """

    def __init__(self, message: str, *, for_operator: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.for_operator = for_operator

    def told(self, *, to_operator: bool) -> str:
        """Return what is told to somebody who can change the settings of the server, or to somebody who cannot."""
        if not self.for_operator:
            return self.message
        return f"{self.message} {self.for_operator if to_operator else TELL_THE_OPERATOR}"


class SearchRefused(ScenarioError):
    """The request is wrong, so sending it again does not help. `by_scenario` says who found that out."""

    def __init__(self, message: str, *, for_operator: str = "", by_scenario: bool = False) -> None:
        super().__init__(message, for_operator=for_operator)
        self.by_scenario = by_scenario


class NotAuthorized(ScenarioError):
    """The credentials are missing, wrong, or not enough for this."""


class NotFound(ScenarioError):
    """There is no such asset or model, or this key may not see it."""


class RateLimited(ScenarioError):
    """Too many requests. `wait_seconds` is how long to wait, if known."""

    def __init__(self, message: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class QuotaExceeded(RateLimited):
    """The plan's quota for searches is used up."""


class Unavailable(ScenarioError):
    """The API could not be reached, or something else answered."""


class SettingsRefused(Exception):
    """A setting is wrong or missing its other half; the server does not start."""
