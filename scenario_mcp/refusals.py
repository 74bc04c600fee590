"""Everything that is wrong with the settings at once: after a refusal the rest is read without the setting at fault."""

import re
from collections.abc import Callable, Collection

from scenario_mcp.errors import SettingsRefused

_NAME = re.compile(r"SCENARIO_[A-Z_]*[A-Z]|(?<!\S)--[a-z]+")


def all_refusals(read: Callable[[Collection[str]], object]) -> SettingsRefused:
    """Return one refusal with a line for each setting at fault; `read`, which refuses, takes the names to leave out.

    A sentence begins with the setting at fault. One that names a setting that was left out comes of leaving it out.
    """
    left_out: set[str] = set()
    sentences: list[str] = []
    while True:
        try:
            read(left_out)
        except SettingsRefused as error:
            names = _NAME.findall(str(error))
            if left_out.isdisjoint(names):
                sentences.append(str(error))
            remaining = [name for name in names if name not in left_out]
            if not remaining:
                break
            left_out.add(remaining[0])
        else:
            break
    return SettingsRefused("\n".join(sentences))
