"""What a page of hits says of itself: how many there are, how to go on, and what the hits alone do not show."""

from typing import NamedTuple, TypeVar

from scenario_mcp.api.replies import Document, SearchPage
from scenario_mcp.api.requests import DEFAULT_LIMIT, MAX_REACH, Search

MAX_TOTAL = 2**53
"""Above it not every reader of JSON takes an integer; no library is that large."""
NEXT_NOTE = "There may be more: repeat with next."

DocumentT = TypeVar("DocumentT", bound=Document)


class PageFacts(NamedTuple):
    """The fields of `HitPage` beside its hits."""

    returned: int
    total: int | None
    next: dict[str, int] | None
    note: str | None


def note_for_people(note: str | None) -> str:
    """Return a page's note as the gallery shows it, where a button offers the next page."""
    return (note or "").removesuffix(NEXT_NOTE).rstrip()


def about_page(page: SearchPage[DocumentT], request: Search, documents: list[DocumentT], shown_hits: int) -> PageFacts:
    """Return what a page of hits says of itself; of its documents the first `shown_hits` fit."""
    is_cut = shown_hits < len(documents)
    following = _rest_of_page(page, request, documents[shown_hits]) if is_cut else _next_page(page, request)
    notes = _notes(page, request, documents, has_more=following is not None and not is_cut)
    if is_cut:
        way = "repeat with next" if following else "repeat with a smaller hitsPerPage"
        notes = [f"Only the first {shown_hits} of {len(documents)} hits fit: {way}.", *notes]
    return PageFacts(
        returned=shown_hits,
        total=page.total_hits if 0 <= (page.total_hits or 0) < MAX_TOTAL else None,
        next=following,
        note=" ".join(notes) or None,
    )


def _rest_of_page(page: SearchPage[DocumentT], request: Search, first_left: DocumentT) -> dict[str, int] | None:
    """Return what to change in the arguments to go on in the middle of a page; paging by number cannot."""
    if request.page is not None or request.hits_per_page is not None:
        return None
    skipped = next(number for number, hit in enumerate(page.hits) if hit.id == first_left.id)
    return {"offset": (request.offset or 0) + skipped, "limit": request.limit or DEFAULT_LIMIT}


def _next_page(page: SearchPage[DocumentT], request: Search) -> dict[str, int] | None:
    """Return what to change in the arguments for the next page; a page that is not full is the last one."""
    received = len(page.hits) + page.dropped
    if request.page is not None or request.hits_per_page is not None:
        size, number = request.hits_per_page or DEFAULT_LIMIT, request.page or 1
        is_last = received < size or number * size >= MAX_REACH or number == page.total_pages
        return None if is_last else {"page": number + 1, "hitsPerPage": size}
    size, skipped = request.limit or DEFAULT_LIMIT, request.offset or 0
    is_last = received < size or skipped + size >= MAX_REACH
    return None if is_last else {"offset": skipped + size, "limit": size}


def _notes(page: SearchPage[DocumentT], request: Search, documents: list[DocumentT], *, has_more: bool) -> list[str]:
    """Say what the hits alone do not show: an order not kept, guesses in the filter, what to try next."""
    notes = []
    by_meaning = bool(request.query_semantic_ratio) or bool(request.image) or bool(request.images)
    if request.sort_by and by_meaning:
        notes.append("sortBy has no effect on a search by meaning or by picture.")
    elif request.sort_by and request.query:
        notes.append("With a query sortBy only orders equal matches; leave query out for a strict order.")
    if by_meaning and documents:
        notes.append("These are the nearest, perhaps not matches.")
    if request.filter:
        notes += request.filter.warnings
    if lost := len(page.hits) + page.dropped - len(documents):
        notes.append(f"{lost} more could not be read or came twice.")
    if has_more:
        notes.append(NEXT_NOTE)
    elif not documents:
        notes.append(_advice_for_nothing(request))
    return notes


def _advice_for_nothing(request: Search) -> str:
    if request.offset or (request.page or 1) > 1:
        return "No hits here: this is past the last page."
    advice = []
    if request.query and not request.query_semantic_ratio:
        advice.append("querySemanticRatio 0.7 to search by meaning")
    if request.filter:
        advice.append("a looser filter")
    if not request.public:
        advice.append("public true for the public library")
    return f"No hits. Try {', or '.join(advice)}." if advice else "No hits. Try other words."
