"""The README on the package index, where nothing lies beside it."""

import pytest

from hatch_build import package_index_readme

REPOSITORY = "https://github.com/example/scenario-mcp"
PAGE = f"{REPOSITORY}/blob/v1.2.3"
RAW = "https://raw.githubusercontent.com/example/scenario-mcp/v1.2.3"
NAME = "\n\n<!-- mcp-name: io.github.example/scenario-mcp -->\n"

CASES = [
    ("[hosts](docs/hosts.md)", f"[hosts]({PAGE}/docs/hosts.md)", "hosts"),
    ("[one](docs/a.md#b), [`two`](c.md)", f"[one]({PAGE}/docs/a.md#b), [`two`]({PAGE}/c.md)", "one, `two`"),
    ("[below](#the-sandbox)", f"[below]({PAGE}/README.md#the-sandbox)", "below"),
    ("[Scenario](https://www.scenario.com)",) * 3,
    ("A ![sheet](docs/a.webp) here", f"A ![sheet]({RAW}/docs/a.webp) here", "A  here"),
    ("![badge](https://example.com/a.svg)",) * 3,
    ("[![a](docs/a.png)](docs/b.md)", f"[![a]({RAW}/docs/a.png)]({PAGE}/docs/b.md)", ""),
    ("one\n\n![a](docs/a.png)\n\ntwo", f"one\n\n![a]({RAW}/docs/a.png)\n\ntwo", "one\n\ntwo"),
    ('<img src="docs/a.png" width="4">', f'<img src="{RAW}/docs/a.png" width="4">', ""),
    ('<source srcset="docs/d.png">', f'<source srcset="{RAW}/docs/d.png">', ""),
    ('<a href="docs/a.md">b</a>', f'<a href="{PAGE}/docs/a.md">b</a>', "b"),
    ("```md\n[a](b.md)\n```",) * 3,
]


@pytest.mark.parametrize(("readme", "published", "unpublished"), CASES)
def test_links_lead_to_the_release_or_are_plain_text(readme: str, published: str, unpublished: str) -> None:
    assert package_index_readme(readme, REPOSITORY, "1.2.3") == published + NAME
    assert package_index_readme(readme, "", "1.2.3") == unpublished
