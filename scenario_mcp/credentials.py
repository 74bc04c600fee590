"""Credentials of one caller at Scenario, apart from the settings: key and secret, or a JWT, and the project."""

import base64
import re
from dataclasses import dataclass, field
from typing import Literal

KeyHolder = Literal["own", "caller", "operator"]

PROJECT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
NO_PROJECT_ID = (
    "does not hold the id of a project: 1 to 64 letters, digits, hyphens or underscores. Copy it from the address of "
    "the project in Scenario"
)
"""The rest of a sentence that begins with where something else stands, and may go on."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the API is asked with. The secrets stay out of its repr."""

    api_key: str = field(default="", repr=False)
    api_secret: str = field(default="", repr=False)
    jwt: str = field(default="", repr=False)
    project_id: str = ""
    holder: KeyHolder = "own"
    """Who can replace them: the person who started the server, a caller who sends them, or the server's operator."""

    @property
    def are_given(self) -> bool:
        """Whether there is a key or a JWT."""
        return bool(self.api_key or self.jwt)

    @property
    def authorization(self) -> str:
        """The value of the Authorization header; a key wins over a JWT."""
        return f"Basic {self._encoded_pair}" if self.api_key else f"Bearer {self.jwt}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown or logged: the credentials, and how a request carries them."""
        pair = self._encoded_pair if self.api_key else ""
        return tuple(filter(None, (self.api_key, self.api_secret, self.jwt, pair)))

    @property
    def _encoded_pair(self) -> str:
        return base64.b64encode(f"{self.api_key}:{self.api_secret}".encode()).decode()
