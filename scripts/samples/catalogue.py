"""The rows of the drawn pictures, and the whole catalogue."""

from __future__ import annotations

import random
from datetime import timedelta

from . import models
from .extras import extras
from .ids import COLLECTIONS, END, OWN, STUDIOS, ident
from .models import BY_KEY, FLUX, QWEN
from .pictures import Picture
from .plan import pictures
from .rows import Entry, Row, base, old, privacy
from .subjects import SCENES
from .words import LONG_PROMPT, LOOK_WORDS, MOOD_WORDS, NEGATIVE, PLACE_WORDS, STYLE_TAG, SUBJECT_WORDS

#: Declared sizes by aspect ratio.
DECLARED: dict[str, tuple[tuple[int, int], ...]] = {
    "1:1": ((1024, 1024), (1024, 1024), (1024, 1024), (1024, 1024), (512, 512), (2048, 2048)),
    "16:9": ((1344, 768), (1344, 768), (1792, 1024)),
    "9:16": ((768, 1344),),
    "3:2": ((1152, 768), (1536, 1024)),
    "2:3": ((768, 1152), (1024, 1536)),
    "4:3": ((1152, 864), (1024, 768)),
    "3:4": ((864, 1152), (768, 1024)),
}
SCHEDULERS = ("DPMSolverMultistepScheduler", "EulerAncestralDiscreteScheduler", "FlowMatchEulerDiscreteScheduler")
SAMPLERS_QWEN = SCHEDULERS[:2]

#: Labels a cautious classifier put on harmless pictures.
LABELS = {
    ("skull", "pixel"): ["violence"],
    ("skull", "neon"): ["suggestive"],
    ("axe", "pixel"): ["violence", "blood"],
    ("potion", "pixel"): ["blood"],
    ("volcano", "painted"): ["violence"],
    ("sword", "ink"): ["violence"],
}
#: Made in the last ten days: days before the end.
RECENT = {
    ("knight", "painted", "mist"): 1.1, ("knight", "pixel", "night"): 2.2, ("knight", "painted", "storm"): 3.3,
    ("knight", "ink", "mist"): 4.4, ("knight", "paper", "dawn"): 0.4, ("dragon", "painted", "dusk"): 5.0,
    ("lantern", "painted", "night"): 5.6, ("chest", "painted", "gold"): 6.1, ("castle", "paper", "violet"): 7.2,
    ("robot", "neon", "night"): 7.9, ("ship", "ink", "day"): 8.5, ("portal", "painted", "violet"): 9.2,
}  # fmt: skip


def build() -> tuple[list[Entry], list[Row]]:
    """All entries and the model rows."""
    rng = random.Random(20241101)
    entries = [_picture(i, p, rng) for i, p in enumerate(pictures())]
    looks = {e.row["id"]: e.source.look for e in entries}
    entries += extras(entries, rng)
    entries.sort(key=lambda e: (e.row["createdAt"], e.row["id"]), reverse=True)
    by_name = sorted((e.row for e in entries), key=lambda r: str(r["id"]))
    return entries, models.rows(by_name, looks)


def _collections(picture: Picture, tags: tuple[str, ...], rng: random.Random) -> list[str]:
    names = []
    if "character" in tags:
        names.append("heroes")
    if "creature" in tags or "companion" in tags:
        names.append("creatures")
    if "environment" in tags:
        names.append("environments")
    if {"item", "prop", "loot"} & set(tags):
        names.append("props")
    if picture.backdrop in ("card", "rays"):
        names.append("icons")
    if picture.look in ("painted", "ink") and rng.random() < 0.5:
        names.append("concept")
    return [COLLECTIONS[n] for n in names] if rng.random() < 0.85 else []


def _prompt(i: int, p: Picture, rng: random.Random) -> str:
    nouns = SUBJECT_WORDS[p.subject][1]
    styles, _, details = LOOK_WORDS[p.look]
    noun, style, detail = nouns[i % len(nouns)], styles[i % len(styles)], rng.choice(details)
    places = [w for w in PLACE_WORDS[p.backdrop] if w]
    if p.subject in SCENES - {"pyramid"}:
        places = (
            ["level background", "game environment"] if p.subject not in ("stones", "meadow") else ["tileable texture"]
        )
    place, mood = rng.choice(places), MOOD_WORDS[p.mood]
    if p.backdrop in ("card", "rays", "blank") and p.look == "neon":
        mood = "dark night"
    world = "sci-fi" if "sci-fi" in SUBJECT_WORDS[p.subject][3] else "fantasy adventure"
    shape = i % 4
    if shape == 0:
        return f"{style}, {noun}, {place}, {mood}, {detail}"
    if shape == 1:
        return f"{noun}{',' if p.subject in SCENES else ''} {place}, {mood}, {style}, {detail}"
    if shape == 2:
        return f"{noun[0].upper()}{noun[1:]}. {style[0].upper()}{style[1:]}, {detail}, {mood}, {world} game asset"
    return f"{style} of {noun}, {detail}, {place}, main colour {p.accent}, {mood}"


def _caption(p: Picture, rng: random.Random) -> str:
    lead = LOOK_WORDS[p.look][1]
    text = f"{lead} {SUBJECT_WORDS[p.subject][2]}"
    where = PLACE_WORDS[p.backdrop][1]
    if where and p.look != "neon":
        text += f", {where}"
    text += "."
    if rng.random() < 0.5 and p.look not in ("neon", "ink"):
        text += f" The scene is shown in {MOOD_WORDS[p.mood]}."
    elif p.look == "ink" and rng.random() < 0.5:
        text += " Shading is done with parallel pen strokes."
    return text


def _picture(i: int, p: Picture, rng: random.Random) -> Entry:
    theirs = i % 10 in (2, 5, 9) and (p.subject, p.look, p.mood) not in RECENT and (p.subject, p.look) not in LABELS
    owner = STUDIOS[(i // 3) % 2] if theirs else OWN
    days = RECENT.get((p.subject, p.look, p.mood))
    made = (
        old(rng)
        if days is None
        else END - timedelta(days=days, minutes=rng.randrange(40), milliseconds=rng.randrange(900))
    )
    row = base(f"{p.subject}/{p.look}/{p.aspect}/{p.mood}", owner, rng.randrange(3), rng, made)
    names, _, _, themes = SUBJECT_WORDS[p.subject]
    width, height = rng.choice(DECLARED[p.aspect])
    kind = _kind(i, p, width)
    meta: Row = {"kind": "image", "type": kind, "width": width, "height": height, "aspectRatio": p.aspect}
    earlier = [q for q in pictures()[:i] if q.subject == p.subject]
    if i % 3 != 1 or kind == "uploaded":
        name = names[len(earlier) % len(names)]
        if len(earlier) >= len(names):
            name += f" ({p.look})"
        meta["name"] = f"{name.replace(' ', '_').lower()}_{p.look}.png" if kind == "uploaded" else name
    if kind != "uploaded":
        _generation(i, p, meta, kind, rng, theirs=theirs)
    row["mimeType"] = rng.choices(("image/png", "image/jpeg", "image/webp"), (80, 13, 7))[0]
    meta["size"] = round(
        width
        * height
        * {"image/png": 1.25, "image/jpeg": 0.22, "image/webp": 0.13}[row["mimeType"]]
        * rng.uniform(0.7, 1.25)
        * (0.35 if p.look in ("pixel", "flat") else 1)
    )
    row["metadata"] = meta
    row["privacy"] = privacy(owner, rng)
    row["tags"] = _tags(i, p, themes, rng)
    row["nsfw"] = LABELS.get((p.subject, p.look), [])
    if owner is OWN:
        row["collectionIds"] = _collections(p, themes, rng)
    row["description"] = "" if i % 31 == 7 else _caption(p, rng)
    if rng.random() < 0.85:
        row["score"] = round(rng.uniform(0.05, 0.98), 4)
    _special(p, row, meta)
    return Entry(row, "picture", p, "webp")


def _kind(i: int, p: Picture, width: int) -> str:
    if width == 2048:
        return "upscale"
    if p.backdrop == "card" and i % 5 == 2:
        return "background-removal"
    if p.look == "ink" and i % 4 == 1:
        return "uploaded"
    if p.subject in ("stones", "meadow") or i % 19 == 6:
        return "canvas"
    return "inference-img2img" if i % 6 == 3 else "inference-txt2img"


def _generation(i: int, p: Picture, meta: Row, kind: str, rng: random.Random, *, theirs: bool) -> None:  # noqa: PLR0913
    meta["prompt"] = _prompt(i, p, rng)
    if i % 3 == 0:
        meta["negativePrompt"] = NEGATIVE[i % len(NEGATIVE)]
        meta["negativePromptStrength"] = round(rng.uniform(0.2, 1.0), 2)
    key = p.look
    if p.subject in ("knight", "guard") and i % 2 == 0:
        key = "knights"
    elif i % 7 == 3:
        key = "places" if p.subject in ("castle", "cottage", "forest", "lake", "lighthouse", "windmill") else "blend"
    if theirs:
        key = "storybook" if p.look in ("painted", "paper") else ("retro" if p.look == "pixel" else FLUX)
    model = BY_KEY[key]
    root = model.parent or model.id
    meta["modelId"], meta["baseModelId"] = model.id, root
    meta["modelType"] = "qwen-image-lora" if root == QWEN else "flux.1"
    if kind in ("upscale", "background-removal"):
        tool = BY_KEY["model_scenario-upscale-v3" if kind == "upscale" else "model_scenario-cutout"]
        meta["modelId"], meta["modelType"] = tool.id, "custom"
    meta["guidance"] = 4.0 if root == QWEN else 3.5
    meta["numInferenceSteps"] = rng.choice((28, 30, 40))
    meta["scheduler"] = rng.choice(SAMPLERS_QWEN) if root == QWEN else SCHEDULERS[2]
    meta["seed"] = str(rng.randrange(2**32))
    meta["parentJobId"] = ident("job_", f"{i}/{p.subject}/{p.look}")


def _tags(i: int, p: Picture, themes: tuple[str, ...], rng: random.Random) -> list[str]:
    tags = [STYLE_TAG[p.look], *themes]
    if p.backdrop in ("card", "rays") and "icon" not in tags:
        tags.append("icon")
    if p.aspect == "16:9" and "background" not in tags:
        tags.append("background")
    tags += [t for t, share in (("approved", 0.3), ("wip", 0.18), ("favorite", 0.08)) if rng.random() < share]
    return tags if i % 23 else []


def _special(p: Picture, row: Row, meta: Row) -> None:
    """Change the rows that exercise a corner of the format."""
    here = (p.subject, p.look, p.mood)
    if here == ("castle", "ink", "mist"):
        row["id"] = ident("", "legacy castle")
    elif here == ("castle", "painted", "dusk"):
        meta["prompt"] = LONG_PROMPT
        meta["name"] = "Ashfall title screen"
    elif here == ("fox", "pixel", "mint"):
        meta["name"] = "狐の精霊 🦊 Esprit du renard"
        meta["prompt"] = (
            "ドット絵、正面を向いた狐の精霊、明るい目 🦊✨ — l'esprit du renard vu de face, "
            "pixel art rétro, palette limitée, contour foncé, forêt d'été"
        )
    elif here == ("gem", "neon", "night"):
        meta["seed"] = "1234567890"
    elif here == ("key", "pixel", "mint"):
        del row["description"]
