"""The site of docs/: every page is in its navigation, and it builds without a broken link or anchor."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.site.__main__ import DOCS, PAGES_OF_THE_ROOT, ROOT, SiteBroken, build, for_the_site

CONFIGURATION: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))


def _pages(navigation: Any) -> list[str]:
    if isinstance(navigation, str):
        return [navigation]
    parts = navigation.values() if isinstance(navigation, dict) else navigation
    return [page for part in parts for page in _pages(part)]


def test_every_page_is_in_the_navigation_once() -> None:
    listed = _pages(CONFIGURATION["nav"])
    there = [path.name for path in DOCS.glob("*.md")]
    assert sorted(listed) == sorted([*there, "decisions/README.md", *PAGES_OF_THE_ROOT.values()])


def test_it_builds_strictly_and_has_every_page(tmp_path: Path) -> None:
    build(tmp_path / "site")
    pages = [page.removesuffix(".md") for page in _pages(CONFIGURATION["nav"])]
    for page in pages:
        folder = page.removesuffix("README").removesuffix("index").rstrip("/")
        assert (tmp_path / "site" / folder / "index.html").is_file(), page
    html = (tmp_path / "site" / "hosting" / "index.html").read_text("utf-8")
    assert "../README.md" not in html
    assert re.findall(r"<(?:script|link)[^>]+(?:src|href)=\"?https?://", html) == []


def test_a_broken_link_ends_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("[gone](nowhere.md)\n", "utf-8")
    monkeypatch.setattr("scripts.site.__main__.DOCS", docs)
    with pytest.raises(SiteBroken, match="page does not exist"):
        build(tmp_path / "site")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("page", "text", "on_the_site"),
    [
        ("hosting.md", "[hosts](hosts.md#keys) [a](#b) [web](https://x.example/a)", None),
        ("hosting.md", "[promises](../SECURITY.md)", "[promises](promises.md)"),
        ("decisions/0001-x.md", "[start](../../README.md#get-it)", "[start](../overview.md#get-it)"),
        ("hosting.md", "[`nginx.conf`](../deploy/nginx.conf)", "`nginx.conf`"),
        ("changelog.md", "[hosts](docs/hosts.md#keys)", "[hosts](hosts.md#keys)"),
        ("hosting.md", "![a](images/a.png)", None),
        ("overview.md", "![a](docs/images/a.png)", "![a](images/a.png)"),
    ],
)
def test_links_out_of_docs_lead_to_pages_of_the_site_or_are_text(page: str, text: str, on_the_site: str | None) -> None:
    assert for_the_site(text, page) == (on_the_site or text)


def test_links_out_of_docs_lead_to_the_repository_if_its_address_is_given() -> None:
    repository = "https://forge.example.com/x/blob/main"
    assert for_the_site("[compose](../deploy/compose.yaml)", "hosting.md", repository) == (
        "[compose](https://forge.example.com/x/blob/main/deploy/compose.yaml)"
    )
