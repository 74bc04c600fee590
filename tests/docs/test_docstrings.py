"""Docstrings and comments, held against the code: a rename leaves no dead name in them."""

import ast
import re

from scripts.rooms.__main__ import PACKAGE, ROOT

OF_OTHERS = frozenset(
    {
        *("DispatchContext", "Outbound", "serve_one"),  # the MCP SDK
        *("LazyLoader", "catch_warnings", "handle_exit"),  # Python and uvicorn
        *("milli", "bucket_sort", "graph_based_ranking_rule", "ranking_rule_graph", "proximity", "maxTotalHits"),
        *("text2", "any02", "invokeai_metadata"),  # generators
        *("additionalProperties", "created_after", "image_url"),  # what clients write
    }
)
"""Names that stand in no code here."""
_COMMENT = re.compile(r"(?m)(?:^|\s)# (.+)$")
_NAME = re.compile(r"`([A-Za-z_][\w.]*)(?:\(\))?`")
_FILE = re.compile(r"`((?:docs|scripts|tests)/[\w./]+)`")


def _docstrings_and_code(source: str) -> tuple[str, str]:
    """Return the docstrings and comments of a module, and the rest of it."""
    lines = source.splitlines()
    docstrings = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            docstrings.append(node.value.value)
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [""] * (end - node.lineno + 1)
    code = "\n".join(lines)
    return "\n".join((*docstrings, *_COMMENT.findall(code))), _COMMENT.sub("", code)


def test_every_name_in_them_exists() -> None:
    known = {*OF_OTHERS}
    named: list[tuple[str, str]] = []
    files = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        texts, code = _docstrings_and_code(path.read_text("utf-8"))
        known.update(place.removesuffix(".py").split("/"), re.findall(r"\w+", code))
        named += [(place, name) for name in _NAME.findall(texts)]
        files |= {*_FILE.findall(texts)}
    assert len(named) > 300
    dead = [f"{place}: {name}" for place, name in named if not known.issuperset(re.findall(r"\w+", name))]
    assert dead == [], "Correct these names; those of others belong into OF_OTHERS."
    assert [name for name in files if not (ROOT / name).exists()] == []
