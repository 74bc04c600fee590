"""What a person types in the shell of a system: PowerShell on Windows, elsewhere any shell of POSIX."""

import re
import shlex
from collections.abc import Iterable, Sequence

from scenario_mcp.hosts.places import System

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")


class Shell:
    """Lines to type on one system; `program` is how this program is called there."""

    def __init__(self, system: System, program: Sequence[str] = ("scenario-mcp",)) -> None:
        self._is_windows = system == "windows"
        self._program = tuple(program)

    def own(self, *arguments: str) -> str:
        """Return the line that starts this program with arguments."""
        return self.call([*self._program, *arguments])

    def set_variable(self, name: str, value: str) -> str:
        """Return the line that sets a variable for what is started from this shell."""
        return f"$env:{name} = {self.quoted(value)}" if self._is_windows else f"export {name}={self.quoted(value)}"

    def remove_variable(self, name: str) -> str:
        """Return the line that removes a variable."""
        return f"Remove-Item Env:{name}" if self._is_windows else f"unset {name}"

    def delete(self, path: str) -> str:
        """Return the line that deletes a file."""
        return f"Remove-Item {self.quoted(path)}" if self._is_windows else f"rm {self.quoted(path)}"

    def call(self, words: Iterable[str]) -> str:
        """Return the line that starts a program."""
        program, *arguments = words
        quoted = " ".join([self.quoted(program), *map(self.quoted, arguments)])
        return f"& {quoted}" if self._is_windows and not _PLAIN.fullmatch(program.replace("\\", "/")) else quoted

    def quoted(self, word: str) -> str:
        """Return a word as one word of a line."""
        if not self._is_windows:
            return shlex.quote(word)
        return word if _PLAIN.fullmatch(word.replace("\\", "/")) else "'" + word.replace("'", "''") + "'"
