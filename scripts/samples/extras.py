"""The rows of videos, sounds, solids and written pieces, and of the stills that stand for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from .clips import CLIPS
from .ids import COLLECTIONS, END, OWN, STUDIOS, Owner, ident
from .models import BY_KEY
from .rows import Entry, Row, base, old, privacy
from .solids import SOLIDS
from .sounds import SOUNDS
from .texts import TEXTS
from .words import STYLE_TAG, SUBJECT_WORDS


def extras(pictures: Sequence[Entry], rng: random.Random) -> list[Entry]:
    """Return everything that is not a drawn picture."""
    return _clips(pictures, rng) + _sounds(rng) + _solids(rng) + _texts(rng)


def _clips(pictures: Sequence[Entry], rng: random.Random) -> list[Entry]:
    out = []
    model = BY_KEY["model_scenario-motion-2"]
    for k, clip in enumerate(CLIPS):
        first = next(e for e in pictures if (e.source.subject, e.source.look) == (clip.subject, clip.look))
        owner = next(o for o in (OWN, *STUDIOS) if o.project == first.row["ownerId"])
        made = (
            END - timedelta(days=2.6, minutes=17)
            if k == 1
            else max(old(rng), datetime.fromisoformat(first.row["createdAt"]))
        )
        made = min(made, END)
        row = base(f"clip/{clip.name}", owner, k, rng, made)
        frame = first.row["metadata"]
        row["metadata"] = {
            "kind": "video",
            "type": "txt2video" if k == 5 else "img2video",
            "name": clip.name,
            "prompt": clip.prompt,
            "width": frame["width"],
            "height": frame["height"],
            "aspectRatio": frame["aspectRatio"],
            "modelId": model.id,
            "baseModelId": model.id,
            "modelType": "custom",
            "seed": str(rng.randrange(2**32)),
            "size": rng.randrange(1_800_000, 6_400_000),
            "parentJobId": ident("job_", clip.name),
            "thumbnail": {"assetId": first.row["id"]},
        }
        row["mimeType"] = "video/mp4"
        row["privacy"] = privacy(owner, rng)
        row["tags"] = ["animation", STYLE_TAG[clip.look], *SUBJECT_WORDS[clip.subject][3][:2]]
        row["description"] = f"A short clip: {SUBJECT_WORDS[clip.subject][2]}, the camera moves slowly."
        row["collectionIds"] = list(first.row["collectionIds"])
        row["score"] = round(rng.uniform(0.3, 0.95), 4)
        row["thumbnail"] = {"assetId": first.row["id"]}
        out.append(Entry(row, "clip", (clip, first.row["id"]), "mp4"))
    return out


def _still(  # noqa: PLR0913, PLR0917
    key: str,
    name: str,
    kind: str,
    source: Any,
    owner: Owner,
    size: tuple[int, int],
    made: datetime,
    rng: random.Random,
    caption: str,
    tags: list[str],
) -> Entry:
    """Return a picture that stands for a sound or a solid."""
    row = base(key, owner, 1, rng, made)
    ratio = "1:1" if size[0] == size[1] else "16:9"
    row["metadata"] = {
        "kind": "image",
        "type": "uploaded" if kind == "wave" else "canvas",
        "name": name,
        "width": size[0],
        "height": size[1],
        "aspectRatio": ratio,
        "size": round(size[0] * size[1] * 0.3),
    }
    row["privacy"] = "public" if owner is not OWN else "private"
    row["tags"] = tags
    row["description"] = caption
    return Entry(row, kind, source, "webp")


SPOKEN = "Ashfall slept for a hundred years. Tonight, every window is burning."
SOUND_PROMPTS = {
    "castle bells": "four slow church bells from a castle tower, evening, distant, long ringing tail",
    "sword whoosh": "two fast sword swings through the air, dry, no impact, close microphone",
    "portal hum": "deep magical hum of a stone portal, slowly pulsing, loopable",
    "potion bubbles": "bubbling potion in a glass flask, playful pops, light reverb",
    "level up jingle": "cheerful 8-bit level up jingle, rising chord, square waves",
    "narrator line": "calm storyteller, low warm voice, slow pace, intro narration for the title screen",
}


def _sounds(rng: random.Random) -> list[Entry]:
    out = []
    model = BY_KEY["model_scenario-foley-1"]
    for k, name in enumerate(SOUNDS):
        owner = STUDIOS[k % 2] if k in (3, 4) else OWN
        made = old(rng)
        still = _still(
            f"wave/{name}",
            f"Waveform: {name}",
            "wave",
            name,
            owner,
            (1344, 768),
            made,
            rng,
            f"The waveform of a sound named {name}, drawn as bars.",
            ["waveform"],
        )
        row = base(f"sound/{name}", owner, k, rng, made)
        uploaded = k == 1
        meta: Row = {
            "kind": "audio",
            "type": "uploaded-audio" if uploaded else "txt2audio",
            "name": name[0].upper() + name[1:],
            "size": rng.randrange(40_000, 240_000),
        }
        if not uploaded:
            meta |= {
                "prompt": SOUND_PROMPTS[name],
                "modelId": model.id,
                "baseModelId": model.id,
                "modelType": "custom",
                "parentJobId": ident("job_", name),
            }
        tags = ["audio", "sound-effect"]
        if name == "narrator line":
            meta["text"] = SPOKEN
            row["transcription"] = SPOKEN
            tags = ["audio", "speech", "narration"]
        meta["thumbnail"] = {"assetId": still.row["id"]}
        row |= {"metadata": meta, "mimeType": "audio/mpeg", "privacy": privacy(owner, rng), "tags": tags}
        row["description"] = (
            "A calm voice reads one line of the intro."
            if tags[1] == "speech"
            else f"Sound effect: {SOUND_PROMPTS[name]}."
        )
        row["thumbnail"] = {"assetId": still.row["id"]}
        row["score"] = round(rng.uniform(0.3, 0.9), 4)
        still.row["privacy"] = row["privacy"]
        out += [still, Entry(row, "sound", name, "mp3")]
    return out


def _solids(rng: random.Random) -> list[Entry]:
    out = []
    model = BY_KEY["model_scenario-solid-1"]
    for k, name in enumerate(SOLIDS):
        owner = STUDIOS[0] if k == 4 else OWN
        made = old(rng)
        still = _still(
            f"render/{name}",
            f"Render: low-poly {name}",
            "render",
            name,
            owner,
            (1024, 1024),
            made,
            rng,
            f"A render of a low-poly {name} on a turntable.",
            ["3d", "low-poly", "render"],
        )
        row = base(f"solid/{name}", owner, k, rng, made)
        row["metadata"] = {
            "kind": "3d",
            "type": "img23d",
            "name": f"Low-poly {name}",
            "prompt": f"low-poly {name}, clean facets, flat colours, game-ready mesh, centred on the origin",
            "modelId": model.id,
            "baseModelId": model.id,
            "modelType": "custom",
            "size": rng.randrange(300_000, 3_000_000),
            "parentJobId": ident("job_", "solid " + name),
            "thumbnail": {"assetId": still.row["id"]},
        }
        row |= {
            "mimeType": "model/gltf-binary",
            "privacy": privacy(owner, rng),
            "tags": ["3d", "low-poly", "game-ready"],
        }
        row["collectionIds"] = [COLLECTIONS["props"]] if owner is OWN else []
        row["description"] = f"A low-poly mesh of a {name} with coloured corners."
        row["score"] = round(rng.uniform(0.3, 0.9), 4)
        row["thumbnail"] = {"assetId": still.row["id"]}
        out += [still, Entry(row, "solid", name, "glb")]
    return out


def _texts(rng: random.Random) -> list[Entry]:
    out = []
    for k, (name, prompt, caption, words) in enumerate(TEXTS):
        tags = ["text", "narrative", ("lore", "quest", "dialogue", "items")[k]]
        entry = _written(f"text/{name}", "text", "text/plain", name, caption, tags, rng)
        entry.row["metadata"]["prompt"] = prompt
        entry.row["content"] = words
        entry.source = k
        out.append(entry)
    caption = "A tile map of a small level."
    level = _written("json/map", "json", "application/json", "moss_cave_entry.json", caption, ["level", "tilemap"], rng)
    caption = "One page of art direction rules."
    tags = ["style-guide", "approved"]
    sheet = _written("document/style", "document", "application/pdf", "Art direction, page 1.pdf", caption, tags, rng)
    return [*out, level, sheet]


def _written(key: str, kind: str, mime: str, name: str, caption: str, tags: list[str], rng: random.Random) -> Entry:  # noqa: PLR0913, PLR0917
    """Return an uploaded text, level or document."""
    row = base(key, OWN, len(key), rng, old(rng))
    row["metadata"] = {"kind": kind, "type": "uploaded", "name": name, "size": rng.randrange(900, 9000)}
    row |= {"mimeType": mime, "privacy": "private", "tags": tags, "description": caption}
    return Entry(row, kind, None, {"text": "txt", "json": "json", "document": "pdf"}[kind])
