"""How long making pictures small keeps the event loop waiting, and how long it takes.

    python benchmarks/pictures.py [--pictures 4] [--rounds 5]

While large pictures go through `pixels.fit` all at once, a task ticks every millisecond and keeps the largest gap.
Each kind runs in a process of its own, beside an idle loop, whose gaps are the machine's. The first round imports
Pillow. Peak memory is known on Linux only.
"""

import argparse
import asyncio
import io
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from scenario_mcp.pictures.resize import Resizer

fit = Resizer().fit
MAX_BYTES = 150_000
PIXELS = 512
BOUND_MILLISECONDS = 20
LARGE = (4000, 3000)
LARGER = (6000, 4000)
LARGEST = (8000, 6000)
KINDS: dict[str, tuple[str, str, tuple[int, int]]] = {
    "JPEG": ("JPEG", "RGB", LARGE),
    "PNG": ("PNG", "RGB", LARGE),
    "PNG with alpha": ("PNG", "RGBA", LARGE),
    "PNG with palette": ("PNG", "P", LARGE),
    "GIF": ("GIF", "P", LARGE),
    "WebP": ("WEBP", "RGB", LARGE),
    "WebP that fits": ("WEBP", "RGB", (PIXELS, PIXELS)),
    "JPEG, 48 megapixels": ("JPEG", "RGB", LARGEST),
    "PNG with alpha, 24 megapixels": ("PNG", "RGBA", LARGER),
}


def make_picture(name: str, mode: str, size: tuple[int, int]) -> bytes:
    """Draw something with edges, gradients and noise."""
    from PIL import Image

    small = (size[0] // 4, size[1] // 4)
    noise = Image.effect_noise(small, 40)
    slope = Image.linear_gradient("L").resize(small)
    bands = (noise, slope, Image.blend(noise, slope, 0.5), slope.transpose(Image.Transpose.ROTATE_180))
    picture = Image.merge("RGBA", bands).resize(size)
    buffer = io.BytesIO()
    fast = {"WEBP": {"method": 0}, "PNG": {"compress_level": 1}}
    picture.convert(mode).save(buffer, name, **fast.get(name, {}))
    return buffer.getvalue()


async def measure_gap(work: Awaitable[Any]) -> dict[str, float]:
    """Return the loop's largest gap and the wall time in milliseconds."""
    largest = 0.0

    async def tick() -> None:
        nonlocal largest
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            largest = max(largest, now - last)
            last = now

    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.01)
    begin = time.perf_counter()
    await work
    wall = time.perf_counter() - begin
    ticking.cancel()
    return {"gap": largest * 1000, "wall": wall * 1000}


async def measure(data: bytes, count: int, rounds: int) -> list[dict[str, dict[str, float]]]:
    """Measure rounds of pictures made small, each followed by as long an idle loop."""
    measured = []
    for _ in range(rounds):
        copies = [bytes(bytearray(data)) for _ in range(count)]  # as downloads are
        fits = await measure_gap(asyncio.gather(*(fit(each, pixels=PIXELS, max_bytes=MAX_BYTES) for each in copies)))
        idle = await measure_gap(asyncio.sleep(fits["wall"] / 1000))
        measured.append({"fits": fits, "idle": idle})
    return measured


def peak_megabytes() -> float:
    """Return the most memory that this process has had resident so far; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def report(count: int, rounds: int) -> None:
    """Run each kind in a process of its own and print the table."""
    print(f"{count} pictures at once to {PIXELS} pixels; milliseconds, median (largest) of {rounds} rounds")
    print(f"{'':32}{'first gap':>10}{'gap':>16}{'idle gap':>16}{'wall':>8}{'peak MB':>9}   gap at most")
    for kind, (name, mode, size) in KINDS.items():
        with tempfile.NamedTemporaryFile(suffix=".picture") as file:
            file.write(make_picture(name, mode, size))
            file.flush()
            command = [sys.executable, __file__, "--one", file.name, "--pictures", str(count), "--rounds", str(rounds)]
            answer = json.loads(subprocess.check_output(command))  # noqa: S603  # this script
        gaps = [each["fits"]["gap"] for each in answer["rounds"]]
        idle = [each["idle"]["gap"] for each in answer["rounds"]]
        wall = statistics.median(each["fits"]["wall"] for each in answer["rounds"])
        print(
            f"{kind:32}{gaps[0]:10.1f}{statistics.median(gaps):8.1f} ({max(gaps):5.1f}){statistics.median(idle):8.1f} "
            f"({max(idle):5.1f}){wall:8.0f}{answer['peak']:9.0f}   {BOUND_MILLISECONDS}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        results = asyncio.run(measure(options.one.read_bytes(), options.pictures, options.rounds))
        print(json.dumps({"rounds": results, "peak": peak_megabytes()}))
    else:
        report(options.pictures, options.rounds)
