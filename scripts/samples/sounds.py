"""Short synthesised sounds and the pictures of their waves."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw

from .board import mix
from .tool import ffmpeg

RATE = 16_000
Samples = list[float]


def _blank(seconds: float) -> Samples:
    return [0.0] * round(seconds * RATE)


def _add(out: Samples, start: float, tone: Callable[[float], float], seconds: float) -> None:
    first = round(start * RATE)
    for i in range(min(len(out) - first, round(seconds * RATE))):
        out[first + i] += tone(i / RATE)


def _bell(pitch: float, loud: float = 1.0) -> Callable[[float], float]:
    parts = ((1.0, 1.0, 1.6), (2.0, 0.6, 2.2), (2.4, 0.5, 2.8), (3.0, 0.3, 4.0), (4.5, 0.2, 6.0))
    return lambda t: loud * sum(a * math.exp(-d * t) * math.sin(2 * math.pi * pitch * m * t) for m, a, d in parts)


def _pop(pitch: float, rise: float) -> Callable[[float], float]:
    return lambda t: math.exp(-22 * t) * math.sin(2 * math.pi * (pitch + rise * t) * t)


def _square(pitch: float) -> Callable[[float], float]:
    return lambda t: 0.5 * math.exp(-4 * t) * (1 if (t * pitch) % 1 < 0.5 else -1)


def bells() -> Samples:
    """Castle bells."""
    out = _blank(3.0)
    for k, (at, pitch) in enumerate(((0.0, 392.0), (0.55, 330.0), (1.1, 294.0), (1.65, 392.0))):
        _add(out, at, _bell(pitch, 1.0 - 0.1 * k), 2.2)
    return out


def whoosh() -> Samples:
    """Return the sound of a blade through the air."""
    out, rng, low = _blank(1.6), random.Random(5), 0.0
    for i in range(len(out)):
        t = i / RATE
        swell = math.exp(-(((t - 0.6) / 0.22) ** 2)) + 0.7 * math.exp(-(((t - 1.15) / 0.14) ** 2))
        low += (rng.uniform(-1, 1) - low) * (0.1 + 0.5 * swell)
        out[i] = low * swell
    return out


def portal() -> Samples:
    """Return the sound of a humming gate."""
    out = _blank(3.0)
    for i in range(len(out)):
        t = i / RATE
        hum = sum(
            math.sin(2 * math.pi * f * t + 2 * math.sin(2 * math.pi * 0.7 * t)) / n
            for n, f in ((1, 82.4), (2, 123.5), (2.5, 164.8), (4, 329.6))
        )
        out[i] = hum * (0.5 + 0.4 * math.sin(2 * math.pi * 1.3 * t)) * min(1, t * 3, (3 - t) * 3)
    return out


def bubbles() -> Samples:
    """Return the sound of a potion on the boil."""
    out, rng = _blank(2.4), random.Random(9)
    for _ in range(26):
        pitch, rise = rng.uniform(300, 900), rng.uniform(800, 2600)
        _add(out, rng.uniform(0, 2.2), _pop(pitch, rise), 0.22)
    return out


def jingle() -> Samples:
    """Level up: square waves climbing a chord."""
    out = _blank(2.0)
    notes = (523.25, 659.25, 783.99, 1046.5, 783.99, 1046.5)
    for k, pitch in enumerate(notes):
        _add(out, k * 0.14, _square(pitch), 0.5 if k < 5 else 1.2)
    return out


def speech() -> Samples:
    """Return a murmuring voice: vowels shaped by their formants."""
    out = _blank(3.0)
    vowels = (
        (700, 1220),
        (400, 1900),
        (500, 900),
        (300, 2200),
        (640, 1190),
        (350, 800),
        (530, 1840),
        (700, 1220),
        (420, 1000),
    )
    at = 0.05
    for k, (f1, f2) in enumerate(vowels):
        length = 0.24 + 0.06 * (k % 3)
        base = 118 + 16 * math.sin(k * 1.7)

        def voice(t: float, base: float = base, f1: int = f1, f2: int = f2, length: float = length) -> float:
            fade = math.sin(math.pi * min(1.0, t / length))
            total = 0.0
            for n in range(1, 20):
                f = base * n
                gain = math.exp(-(((f - f1) / 130) ** 2)) + 0.6 * math.exp(-(((f - f2) / 180) ** 2)) + 0.05 / n
                total += gain * math.sin(2 * math.pi * f * t)
            return fade * total

        _add(out, at, voice, length)
        at += length + (0.12 if k in (3, 6) else 0.02)
    return out


#: Sounds by name, with the colour of their wave picture.
SOUNDS: dict[str, tuple[Callable[[], Samples], str]] = {
    "castle bells": (bells, "#f4bd45"),
    "sword whoosh": (whoosh, "#7fd6f0"),
    "portal hum": (portal, "#b07cf0"),
    "potion bubbles": (bubbles, "#6fe0a0"),
    "level up jingle": (jingle, "#ff8f5c"),
    "narrator line": (speech, "#f08fb8"),
}


def save(samples: Samples, path: Path) -> None:
    """Write a small mono mp3."""
    peak = max(abs(v) for v in samples) or 1.0
    raw = struct.pack(f"<{len(samples)}h", *(round(v / peak * 28_000) for v in samples))
    ffmpeg(
        [
            "-f",
            "s16le",
            "-ar",
            str(RATE),
            "-ac",
            "1",
            "-i",
            "-",
            "-map_metadata",
            "-1",
            "-fflags",
            "+bitexact",
            "-flags",
            "+bitexact",
            "-c:a",
            "libmp3lame",
            "-b:a",
            "24k",
            str(path),
        ],
        raw,
    )


def wave_picture(samples: Samples, color: str) -> Image.Image:
    """Return the sound drawn as a row of bars."""
    w, h = 728, 416
    image = Image.new("RGB", (w, h), "#171a2b")
    draw = ImageDraw.Draw(image)
    for y in range(h // 8, h, h // 8):
        draw.line((0, y, w, y), fill="#22263c", width=2)
    peak = max(abs(v) for v in samples) or 1.0
    bars = 72
    for i in range(bars):
        part = samples[i * len(samples) // bars : (i + 1) * len(samples) // bars]
        level = max(abs(v) for v in part) / peak
        tall = 6 + level * h * 0.39
        x = 22 + i * (w - 44) / bars
        draw.rounded_rectangle((x, h / 2 - tall, x + 6, h / 2 + tall), 3, fill=mix(color, "#ffffff", 0.35 * level))
        draw.rounded_rectangle(
            (x, h / 2 - tall * 0.45, x + 6, h / 2 + tall * 0.45), 3, fill=mix(color, "#ffffff", 0.25 + 0.4 * level)
        )
    return image.resize((w // 2, h // 2), Image.Resampling.LANCZOS)
