"""The secrets of an entry: which it needs, and their values from the environment or from the person at the terminal."""

from collections.abc import Callable, Mapping

from scenario_mcp import environment
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.placeholders import is_placeholder

KEY_PAIR = ("SCENARIO_SDK_API_KEY", "SCENARIO_SDK_API_SECRET")
JWT = "SCENARIO_SDK_JWT"
_OTHER_NAMES = {"SCENARIO_SDK_API_KEY": "SCENARIO_API_KEY", "SCENARIO_SDK_API_SECRET": "SCENARIO_API_SECRET"}
_DESCRIPTIONS = {
    "SCENARIO_SDK_API_KEY": "API key of your Scenario project",
    "SCENARIO_SDK_API_SECRET": "API secret of your Scenario project",
    JWT: "JWT for Scenario",
}


def wanted_secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the variables that a server needs for the live API: a JWT if that alone is there, else the key."""
    has_key = any(environment.text(environ, name) for pair in _OTHER_NAMES.items() for name in pair)
    return (JWT,) if environment.text(environ, JWT) and not has_key else KEY_PAIR


def description(name: str) -> str:
    """Say what a variable holds, for a person who is asked for it."""
    return _DESCRIPTIONS.get(name, f"Token of the server over HTTP ({name})")


def placeholder(name: str) -> str:
    """Return what stands for a secret where it must not be shown."""
    return {"SCENARIO_SDK_API_KEY": "your-api-key", "SCENARIO_SDK_API_SECRET": "your-api-secret"}.get(
        name, "your-token"
    )


class SecretReader:
    """Reads each secret once: from the environment, else from the person, if there is one."""

    def __init__(self, environ: Mapping[str, str], ask: Callable[[str], str] | None) -> None:
        self._environ = environ
        self._ask = ask
        self._known: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """Return the value of a variable.

        Raises:
            SettingsRefused: it is not set and nobody can be asked, or what it holds is no secret.

        """
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> str:
        used, value = environment.secret(self._environ, *filter(None, (name, _OTHER_NAMES.get(name))))
        if not value and self._ask:
            value, used = self._ask(f"{description(name)}: ").strip(), "It"
            if problem := environment.secret_problem(value):
                raise SettingsRefused(f"{description(name)}: it {problem}")
        if not value:
            without = " Without an account: add --sandbox." if name in _DESCRIPTIONS else ""
            raise SettingsRefused(
                f"{name} is not set, and its value must stand in the host's file. Set it, or run this command in a "
                f"terminal, which asks for it.{without}"
            )
        if is_placeholder(value):
            raise SettingsRefused(f"{used} holds a placeholder. Give the value itself.")
        return value
