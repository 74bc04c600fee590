"""Why a configuration file is left as it is, and where in it."""

import re


class Unparsable(Exception):
    """The text does not follow its format. The message is the rest of a sentence; nothing of the text is in it."""

    def __init__(self, problem: str, line: int = 0, column: int = 0) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line
        """Counted from 1; 0 if no place is known."""
        self.column = column


class NotEditable(Exception):
    """The text is right, but the entry has no place in it. The message is the rest of a sentence, and what to do."""

    @classmethod
    def because_of(cls, key: str, expected: str, line: int = 0) -> "NotEditable":
        """Describe a key that holds something else than an object, a list or a table; `line` is 0 if not known."""
        place = f", in line {line}" if line else ""
        return cls(f'has something other than {expected} at "{key}"{place}. Correct it there, and try again.')


def place_of(text: str, index: int) -> tuple[int, int]:
    """Return line and column of an index, both counted from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def lines_of(text: str) -> list[str]:
    """Return the lines with their ends; only a line feed ends one."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)
