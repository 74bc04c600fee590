"""How well the sandbox's search by picture and by meaning finds what it should, and how fast.

    python -m benchmarks.likeness [--documents 10000] [--seeds 5]

Prints a table: what was measured, the bound it has to keep, and the number. Exits with 1 if a bound is broken.
"""

import argparse
import io
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from PIL import Image

from benchmarks.labelled_looks import LabelledLooks
from benchmarks.labelled_pictures import KINDS, make_pictures
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.requests import SearchRequest
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.semantic.meanings import Meaning, Meanings
from scenario_mcp.sandbox.similarity.semantic.word_vectors import shipped_vectors
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from scenario_mcp.sandbox.similarity.visual.descriptor import SIZE, describe
from scenario_mcp.sandbox.similarity.visual.ranking import Likeness, Reference
from scenario_mcp.sandbox.similarity.visual.samples import describe_known

SUBJECTS = {
    "axe": "battle axe",
    "balloon": "hot-air balloon",
    "book": "closed spell book",
    "camp": "burning campfire",
    "castle": "castle with pointed towers",
    "cat": "striped cat",
    "cauldron": "black cauldron",
    "chest": "open wooden chest|low-poly chest",
    "city": "skyline of",
    "clearing": "in a forest clearing",
    "cottage": "thatched cottage",
    "crown": "golden crown",
    "dragon": "horned dragon",
    "fighter": "star fighter",
    "forest": "forest of firs",
    "fox": "red fox",
    "gem": "faceted gem|low-poly gem",
    "guard": "standing knight with a cape",
    "key": "golden key",
    "knight": "knight in plate armour",
    "lake": "boat on a lake",
    "lantern": "iron lantern",
    "lighthouse": "striped lighthouse",
    "map": "parchment map",
    "meadow": "grass with red",
    "mushroom": "spotted toadstool",
    "owl": "owl with large",
    "planet": "banded planet",
    "portal": "stone archway|stone portal|portal hum",
    "potion": "round corked flask|bubbling potion|potion bubbles",
    "pyramid": "two pyramids",
    "robot": "small robot",
    "rocket": "rocket with round|low-poly rocket",
    "shield": "quartered shield with a golden rim",
    "ship": "sailing ship",
    "skull": "cracked skull",
    "slime": "jelly monster",
    "starry": "against a starry sky",
    "stones": "wall of cut stones",
    "sword": "broadsword|low-poly sword|sword swings|sword whoosh",
    "tower": "low-poly tower",
    "tree": "broad old oak",
    "volcano": "erupting volcano",
    "whale": "flying whale",
    "windmill": "windmill with",
    "wizard": "bearded wizard",
}
"""What a caption of the samples says of each subject."""
BACKDROPS = {"clearing", "starry"}
LOOKS = ("A painting of", "Pixel art of", "An ink drawing of", "A neon outline of", "A layered paper cut of", "A flat")
"""How a caption of the samples begins in each look."""

JUDGED = {
    "weapon": "sword axe",
    "spooky": "skull cauldron",
    "vehicle": "ship rocket fighter balloon",
    "building": "castle cottage lighthouse windmill mushroom pyramid city tower",
    "cosy home": "cottage mushroom",
    "treasure": "chest gem crown",
    "magic drink": "potion cauldron",
    "night sky": "planet starry",
    "animal": "cat owl fox whale",
    "royal": "crown castle",
    "medieval warrior": "knight guard",
    "sorcerer": "wizard",
    "reptile monster": "dragon",
    "monster": "dragon slime",
    "pet": "cat",
    "bird": "owl",
    "feline": "cat",
    "wild canine": "fox",
    "android machine": "robot",
    "death": "skull",
    "beverage bottle": "potion",
    "armor": "shield knight guard",
    "jewellery": "gem crown",
    "riches": "chest gem crown",
    "unlock the door": "key",
    "magic tome": "book",
    "lamp": "lantern",
    "route to hidden gold": "map",
    "countryside house": "cottage windmill mushroom",
    "seaside beacon": "lighthouse",
    "ancient egypt": "pyramid",
    "metropolis": "city",
    "gateway to another world": "portal",
    "woodland": "forest tree clearing",
    "mountain water landscape": "lake",
    "eruption": "volcano",
    "boat": "ship lake",
    "aircraft": "fighter balloon rocket",
    "spacecraft": "rocket fighter",
    "astronomy": "planet",
    "ocean mammal": "whale",
    "plant": "tree meadow",
    "bonfire in the wild": "camp",
    "masonry": "stones",
    "lawn": "meadow",
    "fungus": "mushroom",
    "outlaw sailors": "ship skull",
    "outer space": "planet rocket fighter",
    "fairy tale home": "mushroom cottage castle",
    "soldier": "knight guard",
}
"""Queries for a concept, and the subjects that answer them; they were judged before anything was tuned on them."""
UNSEEN = {
    "blade": "sword axe",
    "dwelling": "cottage mushroom castle",
    "mammal": "cat fox whale",
    "sailing": "ship lake",
    "sorcery": "wizard cauldron potion book portal",
    "mythical beast": "dragon",
    "container for gold": "chest",
    "desert tomb": "pyramid",
    "fairy mushroom": "mushroom",
    "skyscraper": "city",
    "molten rock": "volcano",
    "hiking tent": "camp",
    "flying": "balloon fighter dragon whale rocket owl",
    "illumination": "lantern lighthouse",
    "predator": "fox owl cat dragon",
    "bones": "skull",
    "warship": "ship fighter",
    "protection in battle": "shield knight guard",
    "stars and galaxies": "planet starry",
    "gemstone": "gem crown",
    "cartography": "map",
    "witchcraft": "cauldron wizard book",
}
"""More of them, on which nothing was tuned."""
FIRST = 10
"""How many hits count for a query."""

Copy = Callable[[Image.Image, random.Random], tuple[Image.Image, int]]
"""Makes a changed copy, and the quality of the JPEG it is saved as, 0 for a PNG."""


def crop(picture: Image.Image, share: float, rng: random.Random) -> Image.Image:
    """Cut a share of the width and of the height away, anywhere."""
    width, height = round(picture.width * (1 - share)), round(picture.height * (1 - share))
    left, top = rng.randint(0, picture.width - width), rng.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def scale(picture: Image.Image, factor: float) -> Image.Image:
    """Resize by a factor."""
    return picture.resize((round(picture.width * factor), round(picture.height * factor)))


COPIES: Mapping[str, Copy] = {
    "JPEG, quality 40": lambda picture, _: (picture, 40),
    "JPEG, quality 90": lambda picture, _: (picture, 90),
    "half the size": lambda picture, _: (scale(picture, 0.5), 0),
    "twice the size": lambda picture, _: (scale(picture, 2), 0),
    "5 % cropped": lambda picture, rng: (crop(picture, 0.05, rng), 0),
    "10 % cropped": lambda picture, rng: (crop(picture, 0.1, rng), 0),
    "10 % cropped, half the size, JPEG 40": lambda picture, rng: (scale(crop(picture, 0.1, rng), 0.5), 40),
}
HARDER: Mapping[str, Copy] = {
    "25 % cropped": lambda picture, rng: (crop(picture, 0.25, rng), 0),
    "mirrored": lambda picture, _: (picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT), 0),
}


class Row(NamedTuple):
    """A line of the table; a bound of 0 promises nothing."""

    name: str
    number: float
    bound: float
    is_at_most: bool = False
    unit: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the number keeps to the bound."""
        return not self.bound or (self.number <= self.bound if self.is_at_most else self.number >= self.bound)

    def __str__(self) -> str:
        bound = f"{'<=' if self.is_at_most else '>='} {self.bound:g}" if self.bound else ""
        number = f"{self.number:.1f} {self.unit}" if self.unit else f"{self.number:.3f}"
        return f"{self.name:<84}{bound:>8}{number:>12}  {'' if self.is_kept else 'BROKEN'}".rstrip()


class Samples:
    """The sample catalogue with what is true of it."""

    def __init__(self) -> None:
        self.catalogue = Catalogue.load()
        assets = self.catalogue.assets
        captions = {key: str(asset.get("description") or "") for key, asset in assets.items()}
        self.subjects = {
            key: {subject for subject, said in SUBJECTS.items() if re.search(said, caption)}
            for key, caption in captions.items()
        }
        self.looks = {
            key: next(look for look in LOOKS if caption.startswith(look))
            for key, caption in captions.items()
            if caption.startswith(LOOKS) and self.subjects[key] - BACKDROPS
        }
        """The look of each drawn picture whose caption names its subject."""
        self.pictures = {
            key: media.content for key in assets if (media := self.catalogue.media(key)) and media.is_picture
        }
        self.descriptors = {key: describe_known(content) for key, content in self.pictures.items()}
        self.meanings = Meanings({key: Meaning.of(asset) for key, asset in assets.items()})
        self.likeness = Likeness(self.descriptors, self.meanings)

    def subject(self, key: str) -> set[str]:
        """Return what a picture shows in front."""
        return self.subjects[key] - BACKDROPS


def copies_found(samples: Samples, copy: Copy, semantic_ratio: float) -> float:
    """Return how often the original of a changed copy is the nearest picture."""
    rng = random.Random(7)  # noqa: S311  # the same crops in every run
    found = 0
    for key, content in samples.pictures.items():
        picture = Image.open(io.BytesIO(content)).convert("RGBA")
        opaque = Image.new("RGBA", picture.size, "white")
        opaque.alpha_composite(picture)
        changed, quality = copy(opaque.convert("RGB"), rng)
        buffer = io.BytesIO()
        changed.save(buffer, "JPEG" if quality else "PNG", **({"quality": quality} if quality else {}))
        distances = samples.likeness.distances(Reference(describe(buffer.getvalue())), semantic_ratio)
        found += min(distances, key=distances.__getitem__) == key
    return found / len(samples.pictures)


def subject_beats_look(samples: Samples, distances_to: Callable[[str], Mapping[str, float]]) -> tuple[float, float]:
    """Compare pictures of the same subject in another look with other subjects in the same look.

    Returns how often the first is nearer, over all pairs, and the share of the same subject among the first hits, as
    many as there are.
    """
    nearer = pairs = right = hits = 0
    for key, look in samples.looks.items():
        distances = distances_to(key)
        same = [other for other in samples.looks if other != key and samples.subject(other) & samples.subject(key)]
        same_elsewhere = [distances[other] for other in same if samples.looks[other] != look]
        others_here = [
            distances[other]
            for other in samples.looks
            if samples.looks[other] == look and not samples.subject(other) & samples.subject(key)
        ]
        nearer += sum(mine < theirs for mine in same_elsewhere for theirs in others_here)
        pairs += len(same_elsewhere) * len(others_here)
        first = sorted((distances[other], other) for other in samples.looks if other != key)[: len(same)]
        right += sum(other in same for _, other in first)
        hits += len(first)
    return nearer / pairs, right / hits


def unlike_falls(samples: Samples) -> float:
    """Return how often a picture is not among the first ten hits for its own subject once it is to be unlike."""
    fell = 0
    shown = {key: (key,) for key in samples.descriptors}
    for key in samples.looks:
        reference = Reference(samples.descriptors[key], key)
        others = [other for other in samples.looks if other != key and samples.subject(other) & samples.subject(key)]
        liked = [Reference(samples.descriptors[other], other) for other in others[:1]] or [reference]
        fell += key not in samples.likeness.rank(shown, liked, [reference], 1.0)[:FIRST]
    return fell / len(samples.looks)


def recall(samples: Samples, queries: Mapping[str, str], search: Callable[[str], Iterable[str]]) -> float:
    """Return the mean share of right assets among the first ten hits, of as many as could be there."""
    shares = []
    for query, subjects in queries.items():
        right = {key for key, shown in samples.subjects.items() if shown & set(subjects.split())}
        shares.append(len(right & set(search(query))) / min(FIRST, len(right)))
    return statistics.mean(shares)


def searching(samples: Samples, ratio: float) -> Callable[[str], list[str]]:
    """Return a search over every sample, whoever may see it."""
    assets = {key: {**asset, "ownerId": "proj_all"} for key, asset in samples.catalogue.assets.items()}
    catalogue = Catalogue(assets, {}, {})
    index = SearchIndex(catalogue, "assets", CatalogueLooks(catalogue))

    def search(query: str) -> list[str]:
        page = index.search(SearchRequest(query=query, query_semantic_ratio=ratio), "proj_all")
        return [str(hit["id"]) for hit in page.hits[:FIRST]]

    return search


def timed(calls: Sequence[Callable[[], object]]) -> float:
    """Return the median CPU time of calls in milliseconds: the machine's other load does not count."""
    spent = []
    for call in calls:
        start = time.process_time()
        call()
        spent.append((time.process_time() - start) * 1000)
    return statistics.median(spent)


def labelled_samples(samples: Samples) -> LabelledLooks:
    """Return the samples with the looks that their captions name, and their models with the pictures of each."""
    models = {
        key: [str(asset_id) for asset_id in examples if asset_id in samples.descriptors]
        for key, model in samples.catalogue.models.items()
        if isinstance(examples := model.get("exampleAssetIds"), list)
    }
    return LabelledLooks(samples.likeness, samples.descriptors, samples.looks, models)


def labelled(samples: Samples, seeds: int) -> list[Row]:
    """Measure over the samples and over made-up catalogues, of which the mean and the worst of several are told."""
    rows = _labelled_rows("samples", [labelled_samples(samples)])
    for kind in KINDS:
        made = [LabelledLooks.of(make_pictures(seed, kind), seed) for seed in range(seeds)]
        rows += _labelled_rows(f"{seeds} catalogues, looks differ in {'all' if kind == 'mixed' else kind}", made)
    wordless = [LabelledLooks.of(make_pictures(seed), seed, with_words=False) for seed in range(seeds)]
    return rows + _labelled_rows(f"{seeds} catalogues without words", wordless)


def _labelled_rows(name: str, catalogues: Sequence[LabelledLooks]) -> list[Row]:
    measures: Mapping[str, Callable[[LabelledLooks, float], float]] = {
        "model by example @2": lambda looks, ratio: looks.models_found(ratio),
        "model by thumbnail @2": lambda looks, ratio: looks.models_found(ratio, by_thumbnail=True),
        "unlike kept away @3": lambda looks, ratio: looks.unlike_kept_away(ratio),
        "two like, two unlike @3": lambda looks, ratio: looks.unlike_kept_away(ratio, likes=2, unlikes=2),
        "unlike alone @3": lambda looks, ratio: looks.unlike_kept_away(ratio, likes=0),
    }
    rows = []
    for measure, of in measures.items():
        for ratio in (0.0, 1.0):
            shares = [of(looks, ratio) for looks in catalogues]
            rows.append(Row(f"{measure}, ratio {ratio:g}: {name}", statistics.mean(shares), 0.95))
            if len(shares) > 1:
                rows.append(Row("    the worst of them", min(shares), 0))
    return rows


def speed(samples: Samples, count: int) -> list[Row]:
    """Measure over made-up documents: the samples with a tenth of the bytes and five of the words changed."""
    rng = random.Random(3)  # noqa: S311  # the same documents in every run
    vectors = shipped_vectors()
    vocabulary = [word for word in JUDGED if vectors.find(word)] + ["stone", "river", "hero", "smoke", "garden", "ice"]
    sources = list(samples.descriptors)
    looks: dict[str, bytes] = {}
    stored: dict[str, bytes] = {}
    for number in range(count):
        source = sources[number % len(sources)]
        look = bytearray(samples.descriptors[source])
        for place in rng.sample(range(SIZE), SIZE // 10):
            look[place] = rng.randrange(256)
        meaning = Meaning.of(samples.catalogue.assets[source])
        telling = tuple(dict.fromkeys((*meaning.telling, *rng.choices(vocabulary, k=5))))
        looks[f"asset_{number}"] = bytes(look)
        stored[f"asset_{number}"] = Meaning(meaning.mean, telling, meaning.detail).to_bytes()
    start = time.process_time()
    meanings = Meanings({key: Meaning.from_bytes(content) for key, content in stored.items()})
    likeness = Likeness(looks, meanings)
    built = (time.process_time() - start) * 1000
    shown = {key: (key,) for key in looks}
    seeds = rng.sample(list(looks), 15)
    by_id = [Reference(looks[seed], seed) for seed in seeds]
    by_look = [Reference(looks[seed]) for seed in seeds]
    texts = list(UNSEEN)

    def ranking(reference: Reference, ratio: float) -> Callable[[], object]:
        return lambda: likeness.rank(shown, [reference], [], ratio)

    def near(text: str) -> Callable[[], object]:
        return lambda: meanings.nearest(text, 20)

    name = f"{count} documents"
    return [
        Row(f"{name}: put in order once", built, 0, unit="ms"),
        Row(f"{name}: by asset id, ratio 1, p50", timed([ranking(seed, 1.0) for seed in by_id]), 60, True, "ms"),
        Row(f"{name}: by data URL, ratio 1, p50", timed([ranking(seed, 1.0) for seed in by_look]), 60, True, "ms"),
        Row(f"{name}: by data URL, ratio 0, p50", timed([ranking(seed, 0.0) for seed in by_look]), 60, True, "ms"),
        Row(f"{name}: by meaning, p50", timed([near(text) for text in texts]), 60, True, "ms"),
    ]


def quality(samples: Samples) -> list[Row]:
    """Measure over the samples."""
    rows = [
        Row(f"original first, ratio {ratio:g}: {name}", copies_found(samples, copy, ratio), bound)
        for ratio in (0.0, 1.0)
        for copies, bound in ((COPIES, 0.95), (HARDER, 0.0))
        for name, copy in copies.items()
    ]

    def by_id(key: str) -> Mapping[str, float]:
        return samples.likeness.distances(Reference(samples.descriptors[key], key), 1.0)

    def by_data_url(key: str) -> Mapping[str, float]:
        return samples.likeness.distances(Reference(samples.descriptors[key]), 1.0)

    def held_out(key: str) -> Mapping[str, float]:
        others = {other: look for other, look in samples.descriptors.items() if other != key}
        likeness = Likeness(others, samples.meanings)
        return {key: 0.0, **likeness.distances(Reference(samples.descriptors[key]), 1.0)}

    for name, distances_to, bound in (
        ("by asset id", by_id, 0.9),
        ("by data URL", by_data_url, 0.9),
        ("by data URL, not in the catalogue", held_out, 0.0),
    ):
        nearer, share = subject_beats_look(samples, distances_to)
        rows.append(Row(f"same subject, other look nearer than other, same: {name}", nearer, bound))
        rows.append(Row(f"first hits of the same subject: {name}", share, 0))
    rows.append(Row("a picture to be unlike is not among the first ten", unlike_falls(samples), 0.9))
    for name, queries in ((f"{len(JUDGED)} concepts", JUDGED), (f"{len(UNSEEN)} concepts not tuned on", UNSEEN)):
        for way, ratio, bound in (("keywords", 0.0, 0), ("hybrid 0.7", 0.7, 0.5), ("meaning", 1.0, 0.5)):
            rows.append(Row(f"recall@10, {name}: {way}", recall(samples, queries, searching(samples, ratio)), bound))
    return rows


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000, help="how many for the times")
    parser.add_argument("--seeds", type=int, default=5, help="how many made-up catalogues of each kind")
    options = parser.parse_args()
    samples = Samples()
    print(f"{len(samples.pictures)} pictures, of {len(samples.looks)} the caption names look and subject")
    rows = labelled(samples, options.seeds) + quality(samples) + speed(samples, options.documents)
    for row in rows:
        print(row)
    return 0 if all(row.is_kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
