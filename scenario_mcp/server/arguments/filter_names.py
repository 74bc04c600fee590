"""Names that mean a filter field: other spellings, usual names, and names that hold an operator (`created_after`)."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import NamedTuple

_LONGEST_NAME = 60
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+[a-z]*|[<>=!]+")

_USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("tag", "taglist", "tagnames"), ("tags",)),
    **dict.fromkeys(("collection", "collections", "collectionid"), ("collectionIds",)),
    **dict.fromkeys(("model", "models", "modelids", "modelname", "generator"), ("modelId",)),
    **dict.fromkeys(("basemodel", "basemodels", "basemodelids"), ("baseModelId",)),
    **dict.fromkeys(("parentmodel", "parentid", "parentmodelids"), ("parentModelId",)),
    **dict.fromkeys(("author", "authors", "authorids", "creator", "createdby", "user", "userid"), ("authorId",)),
    **dict.fromkeys(("kinds", "type", "types", "assettype", "assetkind", "mediatype", "media"), ("kind", "type")),
    **dict.fromkeys(("modeltype", "modeltypes"), ("modelType", "type")),
    **dict.fromkeys(("mime", "mimetypes", "contenttype"), ("mimeType",)),
    **dict.fromkeys(("ratio", "aspect", "aspectratios"), ("aspectRatio",)),
    **dict.fromkeys(("steps", "numsteps", "inferencesteps"), ("numInferenceSteps",)),
    **dict.fromkeys(("cfg", "cfgscale", "guidancescale"), ("guidance",)),
    **dict.fromkeys(("sampler",), ("scheduler",)),
    **dict.fromkeys(("created", "createdon", "creationdate", "createddate", "date", "dates"), ("createdAt",)),
    **dict.fromkeys(("updated", "updatedon", "modified", "modifiedat", "lastmodified", "updateddate"), ("updatedAt",)),
    **dict.fromkeys(("capability",), ("capabilities",)),
    **dict.fromkeys(("visibility",), ("privacy",)),
    **dict.fromkeys(("filesize", "bytes", "sizebytes", "sizeinbytes"), ("size",)),
    **dict.fromkeys(("nsfwlabels", "isnsfw"), ("nsfw",)),
    **dict.fromkeys(("trainingimages",), ("trainingImagesNumber",)),
    **dict.fromkeys(("exampleassets", "exampleassetid"), ("exampleAssetIds",)),
    **dict.fromkeys(("provider", "modelprovider"), ("complianceMetadata.modelProvider",)),
    **dict.fromkeys(("maintainer",), ("complianceMetadata.maintainer",)),
    **dict.fromkeys(("subprocessor",), ("complianceMetadata.subProcessor",)),
}
_OPERATOR_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("gte", "ge", "min", "minimum", "from", "since", "after", "start", ">="), ">="),
    **dict.fromkeys(("gt", ">"), ">"),
    **dict.fromkeys(("lte", "le", "max", "maximum", "to", "until", "end", "<="), "<="),
    **dict.fromkeys(("lt", "before", "<"), "<"),
    **dict.fromkeys(("ne", "neq", "not", "exclude", "excluded", "excludes", "without", "!="), "!="),
    **dict.fromkeys(("in", "any", "is", "eq", "equals", "=", "=="), "="),
    **dict.fromkeys(("nin",), "NOT IN"),
    **dict.fromkeys(("all",), "ALL"),
    **dict.fromkeys(("between", "range"), "TO"),
    **dict.fromkeys(("exists",), "EXISTS"),
}
_IN_WORDS = frozenset({"after", "before", "since", "from"})
_DATES: Mapping[str, str] = {
    **dict.fromkeys(("since", "datefrom", "fromdate", "startdate", "after", "dateafter"), ">="),
    **dict.fromkeys(("before", "datebefore"), "<"),
    **dict.fromkeys(("until", "dateto", "todate", "enddate", "till"), "<="),
}
"""Names of bounds of the time of creation."""


class Field(NamedTuple):
    """A filter field, and the operator that its name held; `=` if it held none."""

    name: str
    operator: str
    written: str

    @property
    def is_in_words(self) -> bool:
        """Whether the operator was a word whose bound is not obvious, such as `after`."""
        return not _IN_WORDS.isdisjoint(_words(self.written))


def spelled(name: str) -> str:
    """Return a name as all of its spellings are written alike: `hits_per_page`, `Hits-Per-Page`, `hitsPerPage`."""
    return name.replace("_", "").replace("-", "").replace(" ", "").replace(".", "").lower()


def read_field(name: str, known: Collection[str]) -> Field | None:
    """Return the filter field that a name means, None if it means none."""
    return _read_field(name, tuple(known)) if len(name) <= _LONGEST_NAME else None


@lru_cache(256)
def _read_field(name: str, known: tuple[str, ...]) -> Field | None:
    if field := _plain_field(spelled(name), known):
        return Field(field, "=", name)
    if "createdAt" in known and (operator := _DATES.get(spelled(name))):
        return Field("createdAt", operator, name)
    words = _words(name)
    for operator_word, rest in ((words[-1:], words[:-1]), (words[:1], words[1:])):
        operator = _OPERATOR_WORDS.get(operator_word[0]) if operator_word else None
        field = _plain_field("".join(rest), known) if operator and rest else None
        if operator and field:
            negated_list = {"NOT IN": "!="}
            return Field(field, negated_list.get(operator, operator), name)
    return None


def _plain_field(name: str, known: tuple[str, ...]) -> str | None:
    by_spelling = {spelled(field): field for field in known}
    if field := by_spelling.get(name):
        return field
    return next((field for field in _USUAL_NAMES.get(name, ()) if field in known), None)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]
