"""Names of arguments: other spellings, the usual names of the same thing, and names that hosts add by themselves."""

from collections.abc import Collection, Mapping

HOST_FIELDS = frozenset(
    {
        *("toolCallId", "tool_call_id", "tool", "sessionId", "action", "chatInput"),  # n8n, and its chat trigger
        *("_meta", "tool_call_description", "_as_extra"),  # hosts that put their own notes among the arguments
        "task_progress",  # Cline
        *("wait_for_previous", "waitForPreviousTools"),  # Gemini's hosts
    }
)
"""Fields that hosts add by themselves, by their exact names: a model cannot leave them out. Reported to n8n (#21500),
Cline (#8256) and makers of servers; everything else that is unknown is refused."""
CALL_FIELDS = frozenset({"name", "tool_name", "toolName", "function", "type", "id", "method", "jsonrpc"})
"""Fields of a whole call, around its arguments."""
TARGETS = frozenset({"target", "resourcetype", "searchtype", "index", "indexname", "indexuid", "entity", "entitytype"})
"""Names for what is searched, which here the tool decides; Scenario's own server has `target`."""

_USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("q", "querytext", "querystring", "search", "searchquery", "searchtext"), ("query",)),
    **dict.fromkeys(("searchterm", "searchterms", "term", "terms", "keyword", "keywords", "words"), ("query",)),
    **dict.fromkeys(("text", "prompt", "description", "caption", "input", "arg1"), ("query",)),
    **dict.fromkeys(("filters", "where", "filterby", "filterquery", "filterexpression", "conditions"), ("filter",)),
    **dict.fromkeys(("n", "k", "count", "topk", "topn", "top", "num", "number"), ("limit",)),
    **dict.fromkeys(("maxresults", "maxhits", "maxitems", "numresults", "numberofresults"), ("limit",)),
    **dict.fromkeys(("resultcount", "nresults", "nhits", "take", "maxcount", "max"), ("limit",)),
    **dict.fromkeys(("perpage", "pagesize", "hitsperpages", "resultsperpage", "itemsperpage"), ("hitsPerPage",)),
    **dict.fromkeys(("skip", "start", "startindex", "startfrom"), ("offset",)),
    **dict.fromkeys(("pagenumber", "pageno", "pagenum", "currentpage"), ("page",)),
    **dict.fromkeys(("sort", "order", "orderby", "ordering", "sorting", "sortorder", "sorts"), ("sortBy",)),
    **dict.fromkeys(("sortfield", "sortkey"), ("sortBy",)),
    **dict.fromkeys(("imageurl", "imageuri", "imagepath", "imagebase64", "imagedata"), ("image",)),
    **dict.fromkeys(("referenceimage", "imagereference", "reference", "similarto", "similar", "picture"), ("image",)),
    **dict.fromkeys(("like", "imageslike", "likeimages", "morelike", "morelikethis"), ("images.like",)),
    **dict.fromkeys(("unlike", "imagesunlike", "unlikeimages", "lesslikethis"), ("images.unlike",)),
    **dict.fromkeys(("referenceimages", "similarimages", "pictures"), ("images.like",)),
    **dict.fromkeys(("imageratio", "imagesemantic"), ("imageSemanticRatio",)),
    **dict.fromkeys(("queryratio", "hybridratio"), ("querySemanticRatio",)),
    **dict.fromkeys(("ispublic", "publiclibrary", "publiconly"), ("public",)),
    **dict.fromkeys(("id", "ids", "uri", "uris", "hits"), ("assetIds", "modelIds")),
    **dict.fromkeys(("asset", "assets", "assetid", "image", "images", "imageids"), ("assetIds",)),
    "imageid": ("assetIds", "image"),
    **dict.fromkeys(("model", "models", "modelid"), ("modelIds",)),
    **dict.fromkeys(("pixels", "maxsize", "maxpixels", "resolution"), ("size",)),
    **dict.fromkeys(("detail", "detailed", "withdetails", "includedetails", "full", "verbose"), ("details",)),
    **dict.fromkeys(("shownsfw", "includensfw", "allownsfw"), ("nsfw",)),
}
SIDES: Mapping[str, str] = {
    **dict.fromkeys(("positive", "liked", "similar", "similarto", "more", "include", "closeto"), "like"),
    **dict.fromkeys(("negative", "dislike", "disliked", "dissimilar", "less", "exclude", "avoid", "farfrom"), "unlike"),
}
"""Usual names of the two sides of `images`."""
DIRECTIONS = frozenset({"order", "sortorder", "sortdirection", "orderdirection", "direction", "sortdir"})
"""Names that may hold the direction of an order alone."""
WANTED_FIELDS = frozenset({"orientation", "layout"})
"""Names of fields that do not exist but are wanted: the check of the filter says what stands for them."""
SEMANTIC_RATIO = "semanticratio"
"""A name that means one of two arguments: which one, the rest of the call says."""


def usual_property(name: str, properties: Collection[str]) -> str | None:
    """Return the argument that a name, in the form of `spelled`, usually means; `images.like` for one side alone."""
    candidates = _USUAL_NAMES.get(name, ())
    return next((each for each in candidates if each.partition(".")[0] in properties), None)
