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
    return own_arguments(command, arguments) is not None


def own_arguments(command: str, arguments: Sequence[str]) -> tuple[str, ...] | None:
    """Return what this server is given by a command line; None if it starts something else."""
    name = base_name(command)
    words = tuple(arguments)
    if _PROGRAM.fullmatch(name) or holds_arguments(command):
        return words
    if _PYTHON.fullmatch(name):
        return _behind_module(words)
    if name in {"cmd", "env", "nohup", "nice"}:
        rest = _behind_wrapper(name, words)
        return own_arguments(rest[0], rest[1:]) if rest else None
    if name in CONTAINERS:
        index = 1 + _index_of_positional(words[1:], _FLAGS_OF_DOCKER)
        is_image = words[:1] == ("run",) and index < len(words) and _IMAGE.fullmatch(words[index])
        return words[index + 1 :] if is_image else None
    if name == "uvx":
        return _behind_runner(words)
    if name in {"uv", "pipx"}:
        while words and words[0] in {"tool", "x"}:
            words = words[1:]
        return _behind_runner(words[1:]) if words[:1] == ("run",) else None
    return None


def holds_arguments(command: str) -> bool:
    """Whether what should be this server's program alone is a whole command line."""
    first, blank, _ = command.strip().partition(" ")
    return bool(blank and _PROGRAM.fullmatch(base_name(first)))


def base_name(command: str) -> str:
    """Return the name of a program without its folders and the endings of Windows."""
    name = command.replace("\\", "/").rpartition("/")[2].lower()
    return name.removesuffix(".exe").removesuffix(".cmd").removesuffix(".bat")


def _behind_module(words: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return what this package is given by Python, which is given these words."""
    index = 0
    while index < len(words):
        word = words[index]
        if word.startswith("-m"):
            end = index + (1 if word[2:] else 2)
            return words[end:] if (word[2:] or "".join(words[index + 1 : end])) == "scenario_mcp" else None
        if word.startswith("-c"):
            return None
        if not word.startswith("-"):
            path = word.replace("\\", "/")
            is_script = _PROGRAM.fullmatch(base_name(word)) or path.endswith("/scenario_mcp/__main__.py")
            return words[index + 1 :] if is_script else None
        index += 2 if word in {"-X", "-W", "--check-hash-based-pycs"} else 1
    return None


def _behind_runner(words: tuple[str, ...]) -> tuple[str, ...] | None:
    index = _index_of_positional(words, _FLAGS_OF_RUNNERS)
    if index >= len(words):
        return None
    name, rest = words[index], words[index + 1 :]
    if _PYTHON.fullmatch(base_name(name)):
        return _behind_module(rest)
    return rest if _PROGRAM.fullmatch(name) or _PROGRAM.fullmatch(base_name(name)) else None


def _behind_wrapper(name: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the command line behind `cmd /c`, `env NAME=VALUE` and the like."""
    while words and (words[0].startswith(("-", "/")) if name == "cmd" else words[0].startswith("-") or "=" in words[0]):
        words = words[1:]
    return words


def _index_of_positional(words: Sequence[str], flags: frozenset[str]) -> int:
    index = 0
    while index < len(words) and words[index].startswith("-"):
        if words[index] == "--":
            return index + 1
        index += 1 if words[index] in flags or "=" in words[index] else 2
    return index
