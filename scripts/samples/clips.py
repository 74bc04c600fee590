"""Tiny videos: a slow pan or zoom over a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from .tool import ffmpeg

RATE = 12
FRAMES = 18


@dataclass(frozen=True)
class Clip:
    """A video and the picture it starts from."""

    subject: str
    look: str
    name: str
    prompt: str
    zoom: float = 1.25
    dx: float = 0.0
    dy: float = 0.0


CLIPS = (
    Clip(
        "castle",
        "painted",
        "Castle title loop",
        "slow push in on the castle, flags move in the wind, windows flicker, clouds drift from left to right",
        1.3,
        -0.3,
        0.1,
    ),
    Clip(
        "knight",
        "painted",
        "Knight turns his head",
        "the knight breathes and slowly turns his head to the camera, plume moving, dusk light, seamless loop",
        1.25,
        0.0,
        0.3,
    ),
    Clip(
        "lighthouse",
        "painted",
        "Lighthouse beam sweep",
        "the beam of the lighthouse sweeps over a stormy sea, waves break on the rock, camera rises",
        1.2,
        0.0,
        -0.6,
    ),
    Clip(
        "forest",
        "painted",
        "Walk into the wood",
        "camera walks along the path into the misty forest, light flickers between the firs",
        1.4,
    ),
    Clip(
        "whale",
        "painted",
        "Sky whale passing",
        "a flying whale drifts past the mountains, its little island sways, clouds move slowly, dreamlike",
        1.2,
        0.7,
        0.0,
    ),
    Clip(
        "portal",
        "neon",
        "Portal pulse",
        "neon portal pulses, energy swirls in the middle, grid floor scrolls towards the viewer, arcade loop",
        1.35,
    ),
    Clip(
        "fighter",
        "pixel",
        "Fighter fly-by",
        "pixel art star fighter flies up through the stars, engines flare, retro shooter intro",
        1.25,
        0.0,
        -0.8,
    ),
)


def size_of(picture: Image.Image) -> tuple[int, int]:
    """Return the size of the clip for a picture, even numbers with the same shape."""
    w, h = picture.size
    if w == h:
        return 176, 176
    if w > h:
        return (168, 96) if w / h > 1.6 else (180, 120)
    return (120, 180) if h / w < 1.6 else (96, 168)


def save(picture: Image.Image, clip: Clip, path: Path) -> None:
    """Write the video; its first frame is the whole picture."""
    w, h = picture.size
    out_w, out_h = size_of(picture)
    raw = b""
    for i in range(FRAMES):
        t = (1 - math.cos(math.pi * i / (FRAMES - 1))) / 2
        zoom = 1 + (clip.zoom - 1) * t
        cw, ch = w / zoom, h / zoom
        x = (w - cw) / 2 * (1 + clip.dx)
        y = (h - ch) / 2 * (1 + clip.dy)
        raw += picture.resize((out_w, out_h), Image.Resampling.BICUBIC, box=(x, y, x + cw, y + ch)).tobytes()
    ffmpeg(
        [
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-s",
            f"{out_w}x{out_h}",
            "-r",
            str(RATE),
            "-i",
            "-",
            "-map_metadata",
            "-1",
            "-fflags",
            "+bitexact",
            "-flags:v",
            "+bitexact",
            "-c:v",
            "libx264",
            "-threads",
            "1",
            "-preset",
            "veryslow",
            "-crf",
            "29",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
            str(path),
        ],
        raw,
    )
