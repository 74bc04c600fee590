"""Low-poly solids: binary glTF files and a rendered preview of each."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFilter

from .board import RGB, mix, rgb

Vec = tuple[float, float, float]
Face = tuple[Vec, Vec, Vec, RGB]


def _lathe(
    profile: Sequence[tuple[float, float]], sides: int, colors: Sequence[str], x: float = 0, z: float = 0
) -> list[Face]:
    """Turn a profile (radius, height) round the upright axis."""
    faces: list[Face] = []
    for (r0, y0), (r1, y1), color in zip(profile, profile[1:], colors, strict=False):
        for k in range(sides):
            a, b = 2 * math.pi * k / sides, 2 * math.pi * (k + 1) / sides
            p = (x + r0 * math.cos(a), y0, z + r0 * math.sin(a))
            q = (x + r0 * math.cos(b), y0, z + r0 * math.sin(b))
            s = (x + r1 * math.cos(b), y1, z + r1 * math.sin(b))
            t = (x + r1 * math.cos(a), y1, z + r1 * math.sin(a))
            if r0 > 1e-6:
                faces.append((p, s, q, rgb(color)))
            if r1 > 1e-6:
                faces.append((p, t, s, rgb(color)))
    return faces


def _box(low: Vec, high: Vec, color: str, taper: float = 1.0) -> list[Face]:
    """Return a box, its top scaled by `taper`."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    cx, cz = (x0 + x1) / 2, (z0 + z1) / 2
    c: list[Vec] = [(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)]
    c += [(cx + (x - cx) * taper, y1, cz + (z - cz) * taper) for x, _, z in c[:4]]
    quads = ((0, 1, 2, 3), (7, 6, 5, 4), (0, 4, 5, 1), (1, 5, 6, 2), (2, 6, 7, 3), (3, 7, 4, 0))
    out: list[Face] = []
    for i, j, k, m in quads:
        out += [(c[i], c[j], c[k], rgb(color)), (c[i], c[k], c[m], rgb(color))]
    return out


def gem() -> list[Face]:
    """Return a cut gem."""
    return _lathe([(0, -1.0), (0.78, 0.28), (0.5, 0.62), (0, 0.62)], 8, ["#2fa7c8", "#6fd8e8", "#c8f6fa"])


def chest() -> list[Face]:
    """Return a closed chest with gold bands."""
    faces = _box((-0.9, -0.7, -0.55), (0.9, 0.1, 0.55), "#b07040")
    faces += _box((-0.94, 0.1, -0.59), (0.94, 0.56, 0.59), "#8a5430", 0.82)
    for x in (-0.6, 0.6):
        faces += _box((x - 0.1, -0.72, -0.6), (x + 0.1, 0.12, 0.6), "#f4bd45")
    return faces + _box((-0.14, -0.1, 0.5), (0.14, 0.26, 0.68), "#ffd978")


def sword() -> list[Face]:
    """Return a broad sword, point up."""
    faces = _box((-0.14, -0.3, -0.05), (0.14, 0.9, 0.05), "#c9d4e4", 0.85)
    faces += _lathe([(0.15, 0.9), (0, 1.25)], 4, ["#e4ebf5"])
    faces += _box((-0.42, -0.42, -0.09), (0.42, -0.28, 0.09), "#f4bd45")
    faces += _box((-0.07, -0.9, -0.06), (0.07, -0.42, 0.06), "#63402b")
    return faces + _lathe([(0, -1.12), (0.13, -1.0), (0, -0.88)], 6, ["#cf4640", "#e0685c"])


def tower() -> list[Face]:
    """Return a round tower with a red roof."""
    stone = ["#8d93a6", "#a3a8b8", "#737a90", "#cf4640", "#b53a38"]
    faces = _lathe([(0.62, -1.0), (0.5, -0.3), (0.46, 0.3), (0.6, 0.42), (0.7, 0.44), (0, 1.25)], 8, stone)
    faces += _box((-0.16, -1.0, 0.42), (0.16, -0.52, 0.62), "#63402b")
    return faces + _box((-0.08, -0.06, 0.4), (0.08, 0.16, 0.52), "#ffdd7a")


def rocket() -> list[Face]:
    """Return a rocket with three fins."""
    faces = _lathe(
        [(0.22, -0.8), (0.4, -0.3), (0.4, 0.25), (0.24, 0.7), (0, 1.15)],
        8,
        ["#6f7f98", "#eef0f6", "#eef0f6", "#cf3f3f"],
    )
    for k in range(3):
        a = 2 * math.pi * k / 3 + 0.5
        c, s = math.cos(a), math.sin(a)
        p, q, t = (c * 0.36, -0.2, s * 0.36), (c * 0.86, -0.95, s * 0.86), (c * 0.3, -0.7, s * 0.3)
        faces += [(p, q, t, rgb("#cf3f3f")), (p, t, q, rgb("#cf3f3f"))]
    return faces + _lathe([(0.16, -0.82), (0, -1.25)], 6, ["#ffb23e"])


SOLIDS: dict[str, Callable[[], list[Face]]] = {
    "gem": gem,
    "chest": chest,
    "sword": sword,
    "tower": tower,
    "rocket": rocket,
}


def glb(faces: Sequence[Face], name: str) -> bytes:
    """Return the solid as one binary glTF file with coloured corners."""
    spots, colors = b"", b""
    points: list[Vec] = []
    for a, b, c, color in faces:
        for p in (a, b, c):
            points.append(p)
            spots += struct.pack("<3f", *p)
            colors += struct.pack("<4B", *color, 255)
    lows = [min(p[i] for p in points) for i in range(3)]
    highs = [max(p[i] for p in points) for i in range(3)]
    # Rounded outward to what a 32-bit float holds.
    lows, highs = ([struct.unpack("<f", struct.pack("<f", v))[0] for v in ends] for ends in (lows, highs))
    document = {
        "asset": {"version": "2.0", "generator": "scenario-mcp samples"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": name}],
        "meshes": [{"name": name, "primitives": [{"attributes": {"POSITION": 0, "COLOR_0": 1}, "material": 0}]}],
        "materials": [{"name": "paint", "pbrMetallicRoughness": {"metallicFactor": 0.1, "roughnessFactor": 0.8}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(points), "type": "VEC3", "min": lows, "max": highs},
            {"bufferView": 1, "componentType": 5121, "normalized": True, "count": len(points), "type": "VEC4"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": len(spots), "target": 34962},
            {"buffer": 0, "byteOffset": len(spots), "byteLength": len(colors), "target": 34962},
        ],
        "buffers": [{"byteLength": len(spots) + len(colors)}],
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    body = spots + colors
    body += b"\0" * (-len(body) % 4)
    total = 12 + 8 + len(text) + 8 + len(body)
    head = struct.pack("<4sII", b"glTF", 2, total)
    return head + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(body), b"BIN\0") + body


def _split(faces: Sequence[Face], times: int) -> list[Face]:
    """Cut every triangle in four, again and again, so that sorting by depth works."""
    out = list(faces)
    for _ in range(times):
        small: list[Face] = []
        for a, b, c, color in out:
            ab, bc, ca = _half(a, b), _half(b, c), _half(c, a)
            small += [(a, ab, ca, color), (ab, b, bc, color), (ca, bc, c, color), (ab, bc, ca, color)]
        out = small
    return out


def _half(a: Vec, b: Vec) -> Vec:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2)


def preview(faces: Sequence[Face], back: str) -> Image.Image:
    """Return the solid on a turntable, lit from the upper left."""
    size = 1056
    image = Image.new("RGB", (size, size), mix(back, "#ffffff", 0.25))
    spot = Image.radial_gradient("L").resize((size, size))
    image.paste(mix(back, "#1c1633", 0.35), (0, 0), spot)
    shade = Image.new("L", (size, size), 0)
    ImageDraw.Draw(shade).ellipse((size * 0.24, size * 0.8, size * 0.8, size * 0.93), fill=150)
    image.paste("#1c1633", (0, 0), shade.filter(ImageFilter.GaussianBlur(26)))
    turn, tilt = 0.62, 0.36
    drawn = []
    for a, b, c, color in _split(faces, 4):
        corners = []
        for x, y, z in (a, b, c):
            u, w = x * math.cos(turn) - z * math.sin(turn), x * math.sin(turn) + z * math.cos(turn)
            corners.append((u, y * math.cos(tilt) - w * math.sin(tilt), y * math.sin(tilt) + w * math.cos(tilt)))
        (ax, ay, az), (bx, by, bz), (cx, cy, cz) = corners
        n = (
            (by - ay) * (cz - az) - (bz - az) * (cy - ay),
            (bz - az) * (cx - ax) - (bx - ax) * (cz - az),
            (bx - ax) * (cy - ay) - (by - ay) * (cx - ax),
        )
        length = math.sqrt(sum(v * v for v in n)) or 1.0
        if n[2] <= 0:
            continue
        lit = (-0.45 * n[0] + 0.7 * n[1] + 0.55 * n[2]) / length
        tone = (
            mix(color, "#fff6dc", (lit - 0.5) * 0.7)
            if lit > 0.5
            else mix(color, "#241a3d", min(0.7, (0.5 - lit) * 0.75))
        )
        drawn.append((sum(p[2] for p in corners), corners, tone))
    pen = ImageDraw.Draw(image)
    for _, corners, tone in sorted(drawn, key=lambda d: d[0]):
        pen.polygon(
            [(size / 2 + x * size * 0.35, size / 2 - y * size * 0.35) for x, y, _ in corners], fill=tone, outline=tone
        )
    return image.resize((352, 352), Image.Resampling.LANCZOS)
