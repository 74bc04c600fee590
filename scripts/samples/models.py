"""The generation models of the catalogue."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from .ids import COLLECTIONS, OWN, PUBLIC, Owner, community, ident, moment

Row = dict[str, Any]


@dataclass(frozen=True)
class Model:
    """A model and how its examples are picked: by look, subject tags or nothing."""

    key: str
    name: str
    kind: str
    short: str
    owner: Owner
    parent: str | None = None
    look: str | None = None
    theme: str | None = None
    capabilities: tuple[str, ...] = ("txt2img", "img2img", "inpaint", "controlnet")
    source: str = "training"
    images: int = 0
    privacy: str = "private"
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    mixes: tuple[str, ...] = ()
    examples: int = 12
    provider: tuple[str, str, str] | None = None
    flags: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id other rows refer to."""
        return self.key if self.key.startswith("model_") else ident("model_", "model " + self.key)


FLUX, QWEN = "model_bfl-flux-1-dev", "model_qwen-image"
_LORA = ("txt2img", "img2img", "inpaint", "controlnet", "reference")

MODELS: tuple[Model, ...] = (
    Model(
        "pixel",
        "Pixel Quest",
        "qwen-image-lora",
        "16-bit sprites and scenes with a dark outline and dithered skies.",
        OWN,
        QWEN,
        "pixel",
        images=34,
        tags=("pixel-art", "game-ready"),
        collections=("props",),
    ),
    Model(
        "flat",
        "Flat Tales",
        "flux.1-lora",
        "Flat vector icons and scenes, two tones a surface, long shadows.",
        OWN,
        FLUX,
        "flat",
        capabilities=_LORA,
        images=28,
        tags=("flat", "icon"),
        collections=("icons",),
    ),
    Model(
        "ink",
        "Inkwell",
        "qwen-image-lora",
        "Pen drawings on warm paper with hatching and a thin wash.",
        OWN,
        QWEN,
        "ink",
        images=22,
        tags=("ink", "sketch"),
        collections=("concept",),
    ),
    Model(
        "painted",
        "Oil & Ember",
        "flux.1-lora",
        "Painterly key art: bristly strokes, warm light, cool shadows.",
        OWN,
        FLUX,
        "painted",
        capabilities=_LORA,
        images=41,
        tags=("painted", "key-art", "approved"),
        collections=("concept", "environments"),
    ),
    Model(
        "neon",
        "Neon Arcade",
        "flux.1-lora",
        "Glowing outlines over a grid floor for the arcade mode.",
        OWN,
        FLUX,
        "neon",
        capabilities=_LORA,
        images=16,
        tags=("neon", "arcade"),
        privacy="unlisted",
    ),
    Model(
        "paper",
        "Papercut Theatre",
        "flux.1-lora",
        "Stacked paper sheets in a light box, soft shadows between them.",
        OWN,
        FLUX,
        "paper",
        capabilities=_LORA,
        images=18,
        tags=("papercut", "storybook"),
        privacy="public",
    ),
    Model(
        "knights",
        "Knights of Ashfall",
        "flux.1-lora",
        "The knights and guards of Ashfall, helmets, plumes and capes.",
        OWN,
        FLUX,
        theme="knight",
        capabilities=_LORA,
        images=15,
        tags=("character", "knight", "approved"),
        collections=("heroes",),
    ),
    Model(
        "props",
        "Ember Hollow Props",
        "qwen-image-lora",
        "Weapons, treasure and bottles on plain cards, ready for the shop.",
        OWN,
        QWEN,
        theme="item",
        images=30,
        tags=("prop", "item"),
        collections=("props",),
    ),
    Model(
        "places",
        "Ember Hollow Environments",
        "flux.1-lora",
        "Castles, cottages, woods and lakes in one consistent world.",
        OWN,
        FLUX,
        theme="environment",
        capabilities=_LORA,
        images=38,
        tags=("environment", "background"),
        collections=("environments",),
    ),
    Model(
        "creatures",
        "Bestiary",
        "qwen-image-lora",
        "Dragons, slimes and companions.",
        OWN,
        QWEN,
        theme="creature",
        images=12,
        tags=("creature", "wip"),
    ),
    Model(
        "blend",
        "Ember & Ink",
        "flux.1-composition",
        "A blend of Oil & Ember and Flat Tales for story cards.",
        OWN,
        FLUX,
        theme="fantasy",
        mixes=("painted", "flat"),
        source="scenario",
        images=0,
        tags=("blend", "fantasy"),
        examples=8,
    ),
    Model(
        "all",
        "Studio Catch-all",
        "flux.1-lora",
        "Everything the studio has drawn so far, for quick mood boards.",
        OWN,
        FLUX,
        capabilities=_LORA,
        images=120,
        tags=("wip", "internal"),
        examples=112,
    ),
    Model(
        "storybook",
        "Storybook Gouache",
        "flux.1-lora",
        "Soft gouache scenes for children's books.",
        community("atelier"),
        FLUX,
        "painted",
        capabilities=_LORA,
        images=26,
        privacy="public",
        tags=("painted", "storybook"),
        examples=9,
    ),
    Model(
        "retro",
        "Retro Space Sprites",
        "qwen-image-lora",
        "Rockets, fighters and planets as arcade sprites.",
        community("starforge"),
        QWEN,
        theme="sci-fi",
        images=20,
        privacy="public",
        tags=("pixel-art", "sci-fi"),
        examples=9,
    ),
    Model(
        FLUX,
        "FLUX.1 [dev]",
        "flux.1",
        "General text-to-image model with strong prompt following.",
        PUBLIC,
        source="import",
        privacy="public",
        tags=("base", "photo", "illustration"),
        capabilities=_LORA,
        examples=6,
        provider=("Scenario", "Black Forest Labs", "Black Forest Labs"),
    ),
    Model(
        "model_bfl-flux-1-schnell",
        "FLUX.1 [schnell]",
        "flux.1",
        "Fast four-step variant for drafts.",
        PUBLIC,
        source="import",
        privacy="public",
        tags=("base", "fast"),
        capabilities=("txt2img", "img2img"),
        examples=5,
        provider=("Scenario", "Black Forest Labs", "Black Forest Labs"),
    ),
    Model(
        QWEN,
        "Qwen Image",
        "custom",
        "Open base model for trained styles.",
        PUBLIC,
        source="import",
        privacy="public",
        tags=("base",),
        examples=6,
        provider=("Scenario", "Alibaba", "Alibaba"),
    ),
    Model(
        "model_scenario-upscale-v3",
        "Scenario Upscale",
        "custom",
        "Enlarges pictures up to eight times and adds detail.",
        PUBLIC,
        source="scenario",
        privacy="public",
        tags=("upscale", "tool"),
        capabilities=("img2img",),
        examples=3,
        provider=("Scenario", "Scenario", "Scenario"),
    ),
    Model(
        "model_scenario-cutout",
        "Scenario Background Removal",
        "custom",
        "Cuts the subject out of its background.",
        PUBLIC,
        source="scenario",
        privacy="public",
        tags=("background-removal", "tool"),
        capabilities=("img2img",),
        examples=3,
        provider=("Scenario", "Scenario", "Scenario"),
    ),
    Model(
        "model_scenario-motion-2",
        "Scenario Motion 2",
        "custom",
        "Turns a picture or a prompt into a short video.",
        PUBLIC,
        source="scenario",
        privacy="public",
        tags=("video", "animation"),
        capabilities=("img2video", "txt2video"),
        examples=4,
        provider=("Scenario", "Scenario", "Scenario"),
    ),
    Model(
        "model_scenario-solid-1",
        "Scenario Solid",
        "custom",
        "Builds a textured 3D mesh from a single picture.",
        PUBLIC,
        source="scenario",
        privacy="public",
        tags=("3d", "mesh"),
        capabilities=("img23d",),
        examples=5,
        provider=("Scenario", "Scenario", "Scenario"),
    ),
    Model(
        "model_scenario-foley-1",
        "Scenario Foley",
        "custom",
        "Sound effects and speech from text.",
        PUBLIC,
        source="scenario",
        privacy="public",
        tags=("audio", "speech", "sound-effect"),
        capabilities=("txt2audio",),
        examples=5,
        provider=("Scenario", "Scenario", "Scenario"),
    ),
)

BY_KEY = {m.key: m for m in MODELS}


def rows(assets: list[Row], looks: dict[str, str]) -> list[Row]:
    """One row a model; `looks` tells the look of each drawn picture."""
    rng = random.Random(4711)
    out = []
    for model in MODELS:
        examples = _examples(model, assets, looks)
        made = moment(rng, 2024, 11, 2026, 9)
        row: Row = {
            "id": model.id,
            "authorId": model.owner.authors[0],
            "capabilities": list(model.capabilities),
            "collectionIds": [COLLECTIONS[c] for c in model.collections],
            "concepts": [{"modelId": BY_KEY[m].id} for m in model.mixes],
            "createdAt": made,
            "exampleAssetIds": examples,
            "name": model.name,
            "ownerId": model.owner.project,
            "privacy": model.privacy,
            "shortDescription": model.short,
            "source": model.source,
            "tags": list(model.tags),
            "teamId": model.owner.team,
            "thumbnail": {"assetId": examples[0]},
            "trainingImagesNumber": model.images,
            "type": model.kind,
            "updatedAt": max(made, moment(rng, 2026, 1, 2026, 10)),
        }
        if model.parent:
            row["parentModelId"] = model.parent
        if rng.random() < 0.8:
            row["score"] = round(rng.uniform(0.35, 0.99), 3)
        if model.provider:
            row["complianceMetadata"] = dict(
                zip(("subProcessor", "modelProvider", "maintainer"), model.provider, strict=True)
            )
        out.append(row)
    return out


def _examples(model: Model, assets: list[Row], looks: dict[str, str]) -> list[str]:
    """Pictures made in the model's look or theme; the first one is its thumbnail."""
    drawn = [a for a in assets if a["id"] in looks]
    if model.owner is not OWN:
        drawn = [a for a in drawn if a["privacy"] == "public"]
    if model.look:
        drawn = [a for a in drawn if looks[a["id"]] == model.look]
    if model.theme:
        drawn = [a for a in drawn if model.theme in a["tags"]]
    if model.key in ("props", "creatures"):
        drawn.sort(key=lambda a: looks[a["id"]] != "pixel")
    if model.owner is PUBLIC:
        step = len(MODELS) - list(MODELS).index(model)
        drawn = drawn[step * 3 % len(drawn) :] + drawn[: step * 3 % len(drawn)]
    return [a["id"] for a in drawn[: model.examples]]
