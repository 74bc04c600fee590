"""Whether an entry starts this server: told by its command or module alone. What others start is left alone."""

import re
from collections.abc import Sequence

_PROGRAM = re.compile(r"scenario[-_]mcp(?:\[[\w,-]*\])?(?:(?:@|==)[\w.+-]+)?")
_PYTHON = re.compile(r"python[\d.]*w?|py|pypy[\d.]*")
_IMAGE = re.compile(r"(?:[^\s@]*/)?scenario-mcp(?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?")
CONTAINERS = frozenset({"docker", "podman", "nerdctl"})
_FLAGS_OF_DOCKER = frozenset(
    {"-i", "-t", "-it", "-ti", "-d", "-P", "-q", "--rm", "--init", "--interactive", "--tty", "--read-only", "--quiet"}
    | {"--privileged", "--no-healthcheck", "--detach", "--publish-all"}
)
_FLAGS_OF_RUNNERS = frozenset(
    {
        "-q",
        "--quiet",
        "-v",
        "--verbose",
        "--offline",
        "--no-cache",
        "--refresh",
        "--isolated",
        "--no-config",
        "--reinstall",
    }
    | {
        "--native-tls",
        "--no-project",
        "--no-sync",
        "--frozen",
        "--locked",
        "--no-dev",
        "--upgrade",
        "-U",
        "-n",
        "--all-extras",
    }
    | {"--system-certs", "--no-env-file", "--exact", "--no-progress", "--pypackages"}
)
"""Options without a value of uv, uvx and pipx; of the others the next word is the value."""


def is_own(command: str, arguments: Sequence[str]) -> bool:
    """Whether a command line starts this server."""
    name = base_name(command)
    if _PROGRAM.fullmatch(name):
        return True
    if holds_arguments(command):
        return True
    words = list(arguments)
    if _PYTHON.fullmatch(name):
        return _is_own_module(words)
    if name in {"cmd", "env", "nohup", "nice"}:
        rest = _after_wrapper(name, words)
        return bool(rest) and is_own(rest[0], rest[1:])
    if name in CONTAINERS:
        return words[:1] == ["run"] and bool(_IMAGE.fullmatch(_first_positional(words[1:], _FLAGS_OF_DOCKER)))
    if name == "uvx":
        return _is_run_by_uv(words)
    if name in {"uv", "pipx"}:
        while words and words[0] in {"tool", "x"}:
            words = words[1:]
        return words[:1] == ["run"] and _is_run_by_uv(words[1:])
    return False


def holds_arguments(command: str) -> bool:
    """Whether what should be this server's program alone is a whole command line."""
    first, blank, _ = command.strip().partition(" ")
    return bool(blank and _PROGRAM.fullmatch(base_name(first)))


def base_name(command: str) -> str:
    """Return the name of a program without its folders and the endings of Windows."""
    name = command.replace("\\", "/").rpartition("/")[2].lower()
    return name.removesuffix(".exe").removesuffix(".cmd").removesuffix(".bat")


def _is_own_module(words: Sequence[str]) -> bool:
    """Whether Python, given these words, runs this package."""
    index = 0
    while index < len(words):
        word = words[index]
        if word.startswith("-m"):
            return (word[2:] or "".join(words[index + 1 : index + 2])) == "scenario_mcp"
        if word.startswith("-c"):
            return False
        if not word.startswith("-"):
            path = word.replace("\\", "/")
            return bool(_PROGRAM.fullmatch(base_name(word))) or path.endswith("/scenario_mcp/__main__.py")
        index += 2 if word in {"-X", "-W", "--check-hash-based-pycs"} else 1
    return False


def _is_run_by_uv(words: Sequence[str]) -> bool:
    index = _index_of_positional(words, _FLAGS_OF_RUNNERS)
    if index >= len(words):
        return False
    if _PYTHON.fullmatch(base_name(words[index])):
        return _is_own_module(words[index + 1 :])
    name = words[index]
    return bool(_PROGRAM.fullmatch(name) or _PROGRAM.fullmatch(base_name(name)))


def _after_wrapper(name: str, words: Sequence[str]) -> list[str]:
    """Return the command line behind `cmd /c`, `env NAME=VALUE` and the like."""
    rest = list(words)
    while rest and (rest[0].startswith(("-", "/")) if name == "cmd" else rest[0].startswith("-") or "=" in rest[0]):
        rest = rest[1:]
    return rest


def _first_positional(words: Sequence[str], flags: frozenset[str]) -> str:
    index = _index_of_positional(words, flags)
    return words[index] if index < len(words) else ""


def _index_of_positional(words: Sequence[str], flags: frozenset[str]) -> int:
    index = 0
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "--":
            return index + 1
        index += 1 if words[index] in flags or "=" in words[index] else 2
    return index
