"""What a page of hits says of itself: how many there are, how to go on, and what the hits alone do not show."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scenario_mcp.api.found_assets import FoundAsset, FoundPage
from scenario_mcp.api.inline_pictures import is_cut_short
from scenario_mcp.api.references import AssetId, DataUrl
from scenario_mcp.api.replies import Asset, Document, Model, SearchPage
from scenario_mcp.api.requests import DEFAULT_LIMIT, MAX_REACH, Search
from scenario_mcp.rendering import short_facts

NEXT_NOTE = "There may be more: repeat with next."
REACH_NOTE = f"Only the first {MAX_REACH:,} hits can be reached: for others narrow the filter, such as by days."
TAIL_NOTE = "Nearest first: the last may be unrelated."
MAX_CLEARLY_NEAR = 3
"""So few hits were asked for as the nearest."""
MAX_NAMED_REFERENCES = 4
_COMPARED = re.compile(r"\b([A-Za-z]\w*)\s*(?:[:=<>]|!=|\bIN\b)")
_MAX_LOOKED_AT = 500
_WORD = re.compile(r"\w{3,}")
_IN_OWN_PROJECT = re.compile(r"\b(?:collectionIds|authorId|privacy)\b")
"""Conditions that mean nothing in the public library, or something else."""

AnyDocument = Document | FoundAsset
AnyPage = SearchPage[Asset] | SearchPage[Model] | FoundPage


class PageFacts(NamedTuple):
    """The fields of `HitPage` beside its hits."""

    returned: int
    total: int | None
    next: dict[str, int] | None
    note: str | None


def note_for_people(note: str | None) -> str:
    """Return a page's note as the gallery shows it, where a button offers the next page."""
    return (note or "").removesuffix(NEXT_NOTE).rstrip()


def about_page(page: AnyPage, request: Search, documents: Sequence[AnyDocument], shown_hits: int) -> PageFacts:
    """Return what a page of hits says of itself; of its documents the first `shown_hits` fit."""
    is_cut = shown_hits < len(documents)
    following = _rest_of_page(page, request, documents[shown_hits]) if is_cut else _next_page(page, request)
    notes = _notes(page, request, documents, has_more=following is not None and not is_cut)
    if is_cut:
        way = "repeat with next" if following else "repeat with a smaller hitsPerPage"
        notes = [f"Only the first {shown_hits} of {len(documents)} hits fit: {way}.", *notes]
    return PageFacts(
        returned=shown_hits,
        total=page.total_hits if 0 <= (page.total_hits or 0) < short_facts.MAX_INTEGER else None,
        next=following,
        note=" ".join(notes) or None,
    )


def _rest_of_page(page: AnyPage, request: Search, first_left: AnyDocument) -> dict[str, int] | None:
    """Return what to change in the arguments to go on in the middle of a page; paging by number cannot."""
    if request.page is not None or request.hits_per_page is not None:
        return None
    skipped = [hit.id for hit in page.hits].index(first_left.id)
    return {"offset": (request.offset or 0) + skipped, "limit": request.limit or DEFAULT_LIMIT}


def _next_page(page: AnyPage, request: Search) -> dict[str, int] | None:
    """Return what to change in the arguments for the next page.

    A page that is not full is the last one, and so is one that reaches the total or its estimate. An estimate promises
    nothing: it was seen large beside an empty page.
    """
    received = len(page.hits) + page.dropped
    totals = [total for total in (page.total_hits, page.estimated_total_hits) if total is not None]
    if request.page is not None or request.hits_per_page is not None:
        size, number = request.hits_per_page or DEFAULT_LIMIT, request.page or 1
        reached = number * size
        is_last = page.total_pages is not None and number >= page.total_pages
        following = {"page": number + 1, "hitsPerPage": size}
    else:
        size = request.limit or DEFAULT_LIMIT
        reached = (request.offset or 0) + size
        is_last = False
        following = {"offset": reached, "limit": size}
    is_last = is_last or received < size or reached >= min([MAX_REACH, *totals])
    return None if is_last else following


def _ends_at_reach(page: AnyPage, request: Search) -> bool:
    """Whether there may be hits behind a page that no page can show."""
    size = request.hits_per_page or request.limit or DEFAULT_LIMIT
    begin = request.offset or ((request.page or 1) - 1) * size
    totals = [total for total in (page.total_hits, page.estimated_total_hits) if total is not None]
    is_full = len(page.hits) + page.dropped >= size
    return (is_full or begin >= MAX_REACH) and begin + size >= MAX_REACH and min([MAX_REACH, *totals]) >= MAX_REACH


def _notes(page: AnyPage, request: Search, documents: Sequence[AnyDocument], *, has_more: bool) -> list[str]:
    """Say what the hits alone do not show: an order not kept, guesses in the filter, what to try next."""
    notes = []
    by_meaning = _ranks_by_nearness(request)
    if request.sort_by and by_meaning:
        notes.append("sortBy has no effect on a search by meaning or by picture.")
    elif request.sort_by and request.query:
        notes.append("With a query sortBy only orders equal matches; leave query out for a strict order.")
    notes += _about_references(request, documents)
    if by_meaning and _has_doubtful_tail(request, documents):
        notes.append(TAIL_NOTE)
    if request.filter:
        if request.filter.readings:
            notes.append(f"Filter read as meant: {'; '.join(request.filter.readings)}.")
        notes += request.filter.warnings
    if lost := len(page.hits) + page.dropped - len(documents):
        notes.append(f"{lost} more could not be read or came twice.")
    if has_more:
        notes.append(NEXT_NOTE)
    elif _ends_at_reach(page, request):
        notes.append(REACH_NOTE)
    elif not documents:
        notes.append(_advice_for_nothing(page, request))
    return notes


def _ranks_by_nearness(request: Search) -> bool:
    return bool(request.query_semantic_ratio) or bool(request.image) or bool(request.images)


def _about_references(request: Search, documents: Sequence[AnyDocument]) -> list[str]:
    """Say which hits are the reference pictures themselves, and which references are there in part only."""
    if not (request.image or request.images):
        return []
    references = request.references()
    cut = [name for name, each in references.items() if isinstance(each, DataUrl) and is_cut_short(each)]
    if cut:
        are = "is" if len(cut) == 1 else "are"
        return [
            f"{', '.join(cut[:MAX_NAMED_REFERENCES])} {are} cut off: only what is there was compared. Send all of it."
        ]
    given = {str(each) for each in references.values() if isinstance(each, AssetId)}
    among = [document.id for document in documents if document.id in given and not isinstance(document, Model)]
    if len(among) > MAX_NAMED_REFERENCES:
        return [f"{len(among)} of these are the references themselves."]
    if len(among) > 1:
        return [f"{', '.join(among)} are the references themselves."]
    return [f"{among[0]} is the reference itself."] if among else []


def _has_doubtful_tail(request: Search, documents: Sequence[AnyDocument]) -> bool:
    """Whether the last hits may be unrelated without looking so: said once, on the first page, of more than a few hits.

    Hits that each show one of the words asked for are plainly related.
    """
    if request.offset or (request.page or 1) > 1 or len(documents) <= MAX_CLEARLY_NEAR:
        return False
    words = [word.lower() for word in _WORD.findall(request.query or "")]
    return not words or not all(_shows_one_of(words, document) for document in documents)


def _shows_one_of(words: list[str], document: AnyDocument) -> bool:
    shown = f"{short_facts.name(document)} {short_facts.labels(document.tags)}".lower()
    return any(word in shown for word in words)


def _conditions_among_words(request: Search) -> list[str]:
    """Return the filter fields that the query compares, as the queries of other search engines may."""
    compared = dict.fromkeys(_COMPARED.findall((request.query or "")[:_MAX_LOOKED_AT]))
    return [name for name in compared if name in request.filter_fields]


def _advice_for_nothing(page: AnyPage, request: Search) -> str:
    total = page.estimated_total_hits if page.total_hits is None else page.total_hits
    if (request.offset or (request.page or 1) > 1) and total != 0:
        return "No hits here: this is past the last page."
    advice = []
    if names := _conditions_among_words(request):
        advice.append(f"filter in place of query for {', '.join(names)}")
    if request.query and not _ranks_by_nearness(request):
        if '"' in request.query:
            advice.append("the words without quotation marks")
        advice.append("querySemanticRatio 0.7 to search by meaning")
    if request.filter:
        advice.append("a looser filter")
    if not request.public and not (request.filter and _IN_OWN_PROJECT.search(request.filter.text)):
        advice.append("public true for the public library")
    return f"No hits. Try {', or '.join(advice)}." if advice else "No hits: there is nothing to compare with."
