"""Single facts of a document in their short form: a hit, a gallery card and a caption say them alike.

Strangers wrote the texts: they are cleaned and bounded, and a cut shows as "…" or as a count of what is left out.
"""

import math
import re
from functools import lru_cache
from pathlib import PurePosixPath

from scenario_mcp.api.found_assets import AnyAsset, FoundAsset
from scenario_mcp.api.replies import Asset, AssetMetadata, Document, Model
from scenario_mcp.ids import is_id
from scenario_mcp.text import MAX_REMEMBERED, MAX_REMEMBERED_CHARACTERS, file_path, first_shown, trimmed

MAX_NAME_CHARACTERS = 60
MAX_FILE_CHARACTERS = 80
"""Of a path in a hit: a file's name and the folder that it lies in, as a rule."""
MAX_WHOLE_FILE_CHARACTERS = 4_096
MAX_ABOUT_CHARACTERS = 60
"""Of an asset's caption or prompt: enough to tell it apart."""
MAX_PURPOSE_CHARACTERS = 120
"""What a model is for: one whole sentence, as a rule."""
MAX_LABEL_CHARACTERS = 40
MAX_LABELS = 10
MAX_LABELS_CHARACTERS = 120
MAX_INTEGER = 2**53
"""Above it not every reader of JSON takes an integer; no file is that large."""

MAX_LOOKED_AT = 240
"""Characters of a name in which a telling word is looked for."""
MIN_WORD_CHARACTERS = 3
"""Of a word in Latin letters: "v2" and "no" tell nothing, a single Chinese character may."""
_DAY_CHARACTERS = len("2026-11-23")
_WORD = re.compile(r"[^\W_]+")
_FILE_TYPE = re.compile(r"\.\w{1,5}$")
_NAMES_OF_ANYTHING = frozenset(
    """ai art asset audio chatgpt clip comfyui copy dall dalle document download draft dsc dscn edit export file final
    gemini generated generation gpt image img imported inference mesh midjourney model mov new output pasted photo pic
    picture pxl render result scenario screen screenshot sound temp test text thumbnail tmp track unnamed untitled
    upload upscale upscaled version vid video whatsapp wip""".split()  # noqa: SIM905  # a list would take a page
)
"""Words that programs and people give to files of whatever content."""
_SENTENCE_END = re.compile(r"[.!?](?= )|[\u3002\uff01\uff1f]")


def name(document: Document | FoundAsset) -> str | None:
    """Return its name, else how what describes it begins."""
    return trimmed(document.own_name, MAX_NAME_CHARACTERS) or first_shown(document.words, MAX_NAME_CHARACTERS)


def file(asset: AnyAsset) -> str | None:
    """Return the path of its file below the folder of an own catalogue, cut in the middle where it is long."""
    return file_path(asset.file, MAX_FILE_CHARACTERS)


def name_and_about(asset: AnyAsset) -> tuple[str | None, str | None]:
    """Return its name, and how its caption, prompt or text begins, where its name does not already tell what it is.

    A name is left out that would be cut beside the file that it comes from, which says it whole.
    """
    own = asset.own_name
    shown, about = trimmed(own, MAX_NAME_CHARACTERS), None
    if not shown or not own:
        shown = first_shown(asset.words, MAX_NAME_CHARACTERS)  # it is called by these words
    elif not _is_telling(own[:MAX_LOOKED_AT]):
        about = first_shown(asset.words, MAX_ABOUT_CHARACTERS)
    if (
        asset.file
        and shown
        and shown.endswith("…")
        and own
        and _letters(own) == _letters(PurePosixPath(asset.file).stem)
    ):
        shown = None
    return shown, about


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def whole_file(asset: Asset, local_path: str | None = None) -> str | None:
    """Return the whole path of its file: on this machine where that may be told, else below the folder."""
    return file_path(local_path or asset.file, MAX_WHOLE_FILE_CHARACTERS)


@lru_cache(MAX_REMEMBERED)
def _is_telling(text: str) -> bool:
    """Whether a name holds a word that is neither a number, nor random, nor given to files of whatever content."""
    for found in _WORD.findall(_FILE_TYPE.sub("", text.lower())):
        word = found.strip("0123456789")
        is_long_enough = len(word) >= MIN_WORD_CHARACTERS or not word.isascii()
        if is_long_enough and word.isalpha() and word not in _NAMES_OF_ANYTHING:
            return True
    return False


def purpose(model: Model) -> str | None:
    """Return what a model is for: as many whole sentences as fit, at least the beginning of one."""
    text = trimmed(model.short_description, MAX_PURPOSE_CHARACTERS)
    if not text or not text.endswith("…"):
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text)]
    return f"{text[: ends[-1]]} …" if ends and ends[-1] > MAX_LABEL_CHARACTERS else text


def label(text: str | None) -> str | None:
    """Return a kind, a type, an id or the like."""
    return trimmed(text, MAX_LABEL_CHARACTERS)


def kind(asset: AnyAsset) -> str | None:
    """Return its kind, as the API calls it."""
    return trimmed(asset.metadata.kind, MAX_LABEL_CHARACTERS) if asset.metadata else None


def pixels(asset: AnyAsset) -> tuple[int, int] | None:
    """Return width and height, where it has them."""
    return asset.metadata.pixels if asset.metadata else None


def made_from(asset: Asset) -> str | None:
    """Return the id of the asset that it was made from, such as the picture that was upscaled or cut out.

    Only documents by id have it. Source: Scenario's SDK 2.4.
    """
    known = (asset.metadata or AssetMetadata()).model_extra or {}
    ids = (known.get(name) for name in ("parentId", "originalAssetId", "image", "rootParentId"))
    return next((id_ for id_ in ids if isinstance(id_, str) and is_id(id_) and id_ != asset.id), None)


def size_bytes(asset: AnyAsset) -> int | None:
    """Return the size of its file, where it is known."""
    return whole(asset.metadata.size) if asset.metadata else None


def whole(value: float | None) -> int | None:
    """Return a count that came as a JSON number; None for what counts nothing."""
    return int(value) if value is not None and math.isfinite(value) and 0 <= value < MAX_INTEGER else None


def day(time: str | None) -> str | None:
    """Return the day of a time in UTC."""
    return trimmed(time[:_DAY_CHARACTERS], _DAY_CHARACTERS) if time else None


def labels(texts: tuple[str, ...] | None) -> str | None:
    """Return tags or other labels, whole, as one text; "+3" at its end says how many more there are."""
    if not texts:
        return None
    if len(texts) <= MAX_LABELS and sum(map(len, texts)) <= MAX_REMEMBERED_CHARACTERS:
        return _labels_lately(texts)
    return _labels(texts)


def _labels(texts: tuple[str, ...]) -> str | None:
    shown = [short for text in texts[:MAX_LABELS] if (short := trimmed(text, MAX_LABEL_CHARACTERS))]
    joined, left = ", ".join(shown), max(0, len(texts) - MAX_LABELS)
    while len(joined) > MAX_LABELS_CHARACTERS:
        shown.pop()
        joined, left = ", ".join(shown), left + 1
    return f"{joined}, +{left}" if left and joined else joined or None


_labels_lately = lru_cache(MAX_REMEMBERED)(_labels)
