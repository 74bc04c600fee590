"""Reads one environment variable at a time: an empty one counts as absent, an unusable one is refused.

Every function raises `SettingsRefused` with a sentence that says what to write instead. It names what the user wrote:
the variable, or the option of the command line that stands for it.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from scenario_mcp.addresses import UrlRefused, checked_url
from scenario_mcp.errors import SettingsRefused

Environ = Mapping[str, str]
ChoiceT = TypeVar("ChoiceT", bound=str)
NumberT = TypeVar("NumberT", int, float)

_BOOLEANS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


class OptionEnviron(dict[str, str]):
    """Variables of which some hold what options of the command line say.

    `options` are these options by the names of the variables, such as `--catalogue` by `SCENARIO_MCP_CATALOGUE`.
    """

    def __init__(self, environ: Environ, values: Environ, options: Environ) -> None:
        super().__init__({**environ, **values})
        self.options = {**getattr(environ, "options", {}), **options}


def shown(environ: Environ, name: str) -> str:
    """Return the name under which an error speaks of a setting: that of the option that it comes from, if it does."""
    return environ.options.get(name, name) if isinstance(environ, OptionEnviron) else name


def without(environ: Environ, names: Collection[str]) -> Environ:
    """Return the variables without those of these names."""
    others = {name: value for name, value in environ.items() if name not in names}
    return OptionEnviron(others, {}, environ.options) if isinstance(environ, OptionEnviron) else others


def text(environ: Environ, name: str) -> str:
    """Return the value without the blanks and the quotation marks around it."""
    return unquoted(environ.get(name, ""))


def unquoted(value: str) -> str:
    """Take off blanks, and a pair of quotation marks that belongs to a shell and not to the value."""
    value = value.strip()
    return value[1:-1].strip() if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def flag(environ: Environ, name: str) -> bool:
    """Read 1 or 0, or one of their usual spellings; 0 by default."""
    value = text(environ, name)
    if value.lower() not in {"", *_BOOLEANS}:
        raise SettingsRefused(f"{shown(environ, name)} must be 1 or 0, not {quoted(value)}.")
    return _BOOLEANS.get(value.lower(), False)


def choice(
    environ: Environ, name: str, choices: tuple[ChoiceT, ...], default: ChoiceT, description: str = ""
) -> ChoiceT:
    """Read one of several words in any case; `description` is how an error lists them."""
    value = text(environ, name)
    for each in choices:
        if value.lower() == each:
            return each
    if value:
        expected = description or f"one of {', '.join(choices)}"
        raise SettingsRefused(f"{shown(environ, name)} must be {expected}, not {quoted(value)}.")
    return default


def number(environ: Environ, name: str, default: NumberT, *, least: int, most: int) -> NumberT:
    """Read a number of the default's type."""
    value = text(environ, name)
    if not value:
        return default
    try:
        result = type(default)(value)
    except ValueError:
        result = type(default)(least - 1)
    if not least <= result <= most:
        kind = "a number of seconds" if name.endswith("_SECONDS") else "a whole number"
        raise SettingsRefused(f"{shown(environ, name)} must be {kind} from {least} to {most}, not {quoted(value)}.")
    return result


def listed(environ: Environ, *names: str, problem_of: Callable[[str], str]) -> tuple[str, ...]:
    """Read items separated by commas, in lower case, of the first variable that is set.

    `problem_of` returns what is wrong with an item, as the rest of a sentence; nothing if it is right.
    """
    name = next((name for name in names if text(environ, name)), names[0])
    items = tuple(dict.fromkeys(item.strip().lower() for item in text(environ, name).split(",") if item.strip()))
    for item in items:
        if problem := problem_of(item):
            raise SettingsRefused(f"{shown(environ, name)} {problem}")
    return items


def url(environ: Environ, name: str, *, example: str) -> str:
    """Read a web address that is safe to send a secret to."""
    value = text(environ, name)
    try:
        return checked_url(value) if value else ""
    except UrlRefused as error:
        raise SettingsRefused(f"{shown(environ, name)} {error} Example: {example}") from None


def secret(environ: Environ, *names: str) -> tuple[str, str]:
    """Return (name, value) of the first variable that is set."""
    for name in names:
        value = environ.get(name, "").strip()
        if value in {"''", '""'}:  # a host's empty setting
            continue
        if problem := secret_problem(value):
            raise SettingsRefused(f"{shown(environ, name)} {problem}")
        if value:
            return name, value
    return names[0], ""


def secret_problem(value: str) -> str:
    """Say why a value does not fit into a header, as the rest of a sentence; nothing if it does."""
    if not value.isascii():
        return (
            "holds a character outside ASCII, perhaps a curly quote or an invisible one from pasting. "
            "Copy the value again, without quotes."
        )
    if any(character.isspace() or not character.isprintable() for character in value):
        return "holds white space or a control character. Copy the value again."
    if value.startswith(('"', "'")) or value.endswith(('"', "'")):
        return "starts or ends with a quotation mark. Write the value without quotes."
    return ""


def quoted(value: str) -> str:
    """Quote what was found, shortened and without control characters: it lands in a terminal."""
    return ascii(value[:40])
