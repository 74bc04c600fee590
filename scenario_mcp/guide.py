"""The guide to searching, written for a model: fields, operators, and what is easy to guess wrong."""

from collections.abc import Mapping

from scenario_mcp.wire import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS, AssetSearch, ModelSearch

URI = "scenario://guide/search"

_GUIDE = """\
# Searching Scenario

## What finds what
- query: words in names, prompts, descriptions and tags. All words must match; typos and beginnings of the last word do \
too. Only the first 10 words count.
- querySemanticRatio: 0 (default) keywords only; 0.5 to 0.8 mixes in matches by meaning, for concepts and moods; 1 \
meaning alone. Above 0 there are always hits, the nearest ones, and sortBy is ignored.
- filter: exact conditions, below. It also works alone.
- image, images: pictures to be close to (like) or far from (unlike), as asset ids or data URLs. imageSemanticRatio 1 \
(default) compares subject and mood; 0 compares features of the picture: use it for near-duplicates and crops. Models \
are compared by their example pictures.
- query, filter and image together: the filter holds for every hit, the others rank.
- public: true searches the public library instead of your project, never both at once.

## Filter expressions
- Operators: = != < <= > >=, `width 512 TO 1024` (both ends included), `tags IN [knight, "pixel art"]`, NOT IN, EXISTS, \
NOT EXISTS, IS NULL, IS NOT NULL, IS EMPTY, IS NOT EMPTY; joined by AND, OR, NOT and parentheses. Keywords are capitals.
- Quote every value that holds anything but letters, digits, _ - and . : `mimeType = "image/png"`, \
`aspectRatio = "16:9"`. A quotation mark inside: "a \\"big\\" one".
- Field names are flat: kind, not metadata.kind. `prompt = x` compares the whole prompt; for words in it use query.
- = ignores case. On a list it means "holds": `tags = knight AND tags = approved` wants both, `tags != wip` means that no \
tag is wip.
- Days are UTC: `createdAt >= "2026-11-01" AND createdAt < "2026-12-01"` is November, with its last day.
- Safe for work only: `nsfw IS EMPTY`. Labelled only: `nsfw IS NOT EMPTY AND nsfw EXISTS`.

Fields of assets:
{asset_fields}

Fields of models:
{model_fields}

## Order and paging
- sortBy takes {asset_sort} for assets, {model_sort} for models; score is popularity, not likeness. Nothing else can be \
sorted by. The order is exact only for a search by filter alone.
- Newest first: filter `createdAt >= 2000-01-01`, sortBy ["createdAt:desc"].
- A page says in `next` which arguments to change for the following one. Totals are known only with page and \
hitsPerPage, and stop at 1000.

## After the search
- Read scenario://assets/ID for everything known of an asset (prompt, seed, model), scenario://assets/ID/image for its \
picture; the same for scenario://models/ID.
- "More like this": images {{"like": ["ID"]}}; "less like that": add "unlike".
"""


def text() -> str:
    """Return the guide as Markdown."""
    return _GUIDE.format(
        asset_fields=_listed(ASSET_FILTER_FIELDS),
        model_fields=_listed(MODEL_FILTER_FIELDS),
        asset_sort=", ".join(AssetSearch.sort_fields),
        model_sort=", ".join(ModelSearch.sort_fields),
    )


def _listed(fields: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {meaning}" for name, meaning in fields.items())
