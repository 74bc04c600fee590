"""Runs ffmpeg, which makes the videos and sounds."""

import shutil
import subprocess
from collections.abc import Sequence


def ffmpeg(arguments: Sequence[str], given: bytes = b"") -> None:
    """Run ffmpeg with the arguments, quietly, feeding it the bytes."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise FileNotFoundError("The samples need ffmpeg to make videos and sounds: install it first.")
    command = [program, "-v", "error", "-y", *arguments]
    subprocess.run(command, input=given, check=True)  # noqa: S603
