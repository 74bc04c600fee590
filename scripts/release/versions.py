"""Which version may come next. All packages need it in the same form: three numbers are valid for each of them."""

import re

_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def version_problem(version: str, current: str) -> str:
    """Say why a version cannot be released after the current one; nothing if it can.

    The current one itself may be, since the first release has the version that the source began with.
    """
    if not _FORM.fullmatch(version):
        return f"A version is three numbers, such as 0.2.0, not {version!r}."
    if _numbers(version) < _numbers(current):
        return f"{version} is older than {current}."
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
