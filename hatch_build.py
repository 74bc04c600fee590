"""The description on the package index: the README, whose relative links and pictures lead nowhere there.

With `Repository` in `[project.urls]` they lead to the files of this release. Without it links become plain text, and
pictures are left out. The line with the server's name proves to the MCP registry that the package belongs to it.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

REPOSITORY = re.compile(r"https://github\.com/([\w-]+)/([\w.-]+)")
_OUTSIDE = r"(?:https?:|mailto:|data:)"
_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_PICTURE = re.compile(rf"!\[([^\]]*)\]\((?!{_OUTSIDE})([^)\s]+)\)")
_LINK = re.compile(rf"(?<!!)\[((?:!\[[^\]]*\]\([^)]*\)|[^\[\]])*)\]\((?!{_OUTSIDE})([^)\s]+)\)")
_ELEMENT_PICTURE = re.compile(rf"(<(?:img|source)\b[^>]*?\b(?:src|srcset)=\")(?!{_OUTSIDE})([^\"\s]+)(\"[^>]*>)")
_ELEMENT_LINK = re.compile(rf"<a\b[^>]*?\bhref=\"(?!{_OUTSIDE})([^\"]+)\"[^>]*>(.*?)</a>", re.DOTALL)


class PackageIndexReadme(MetadataHookInterface):
    """Gives hatchling the description."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set `readme`."""
        readme = Path(self.root, "README.md").read_text("utf-8")
        text = package_index_readme(readme, metadata.get("urls", {}).get("Repository", ""), metadata["version"])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


def registry_name(repository: str) -> str:
    """Return the name of the server in the MCP registry, such as io.github.owner/scenario-mcp.

    Raises:
        ValueError: the repository is not one on GitHub.

    """
    address = REPOSITORY.fullmatch(repository)
    if not address:
        raise ValueError(f"Repository in [project.urls] must be https://github.com/OWNER/NAME, not {repository!r}.")
    return f"io.github.{address[1]}/{address[2]}"


def package_index_readme(readme: str, repository: str, version: str) -> str:
    """Return the README as it reads away from its files; `repository` may be empty."""
    if not repository:
        return _outside_of_code(readme, _without_files)
    name = registry_name(repository)
    text = _outside_of_code(readme, lambda part: _with_addresses(part, repository, f"v{version}"))
    return f"{text.rstrip()}\n\n<!-- mcp-name: {name} -->\n"


def _outside_of_code(readme: str, change: Callable[[str], str]) -> str:
    parts, at = [], 0
    for block in _FENCE.finditer(readme):
        parts += [change(readme[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*parts, change(readme[at:])])


def _with_addresses(text: str, repository: str, tag: str) -> str:
    raw = f"https://raw.githubusercontent.com/{repository.removeprefix('https://github.com/')}/{tag}"

    def page(target: str) -> str:
        return f"{repository}/blob/{tag}/{f'README.md{target}' if target.startswith('#') else target}"

    text = _PICTURE.sub(lambda found: f"![{found[1]}]({raw}/{found[2]})", text)
    text = _ELEMENT_PICTURE.sub(lambda found: f"{found[1]}{raw}/{found[2]}{found[3]}", text)
    text = _LINK.sub(lambda found: f"[{found[1]}]({page(found[2])})", text)
    return _ELEMENT_LINK.sub(lambda found: found[0].replace(f'"{found[1]}"', f'"{page(found[1])}"', 1), text)


def _without_files(text: str) -> str:
    for pattern in (_PICTURE, _ELEMENT_PICTURE):
        text = pattern.sub("", text)
    text = _ELEMENT_LINK.sub(lambda found: found[2], _LINK.sub(lambda found: found[1], text))
    return re.sub(r"\n{3,}", "\n\n", text)
