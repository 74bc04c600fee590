"""Build the packages and check them: `python -m scripts.packages [DIR]`.

Wheel, sdist, the MCPB bundle, and the entry of the MCP registry as soon as `[project.urls]` names a `Repository`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from scripts.packages.build import BuildFailed, build
from scripts.packages.checks import has_mcpb, mcpb_problem, problems

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Build; return the exit code."""
    parser = argparse.ArgumentParser("python -m scripts.packages", description="Build the packages and check them.")
    parser.add_argument("to", nargs="?", type=Path, default=ROOT / "dist", metavar="DIR", help="empty folder (dist)")
    parser.add_argument("--remote", default="", metavar="URL", help="public server over HTTP, for the MCP registry")
    options = parser.parse_args(arguments)
    if options.to.exists() and any(options.to.iterdir()):
        print(f"{options.to} is not empty. Name another folder, or empty it.", file=sys.stderr)
        return 2
    try:
        packages = build(ROOT, options.to, options.remote)
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    found = problems(packages)
    if has_mcpb():
        with tempfile.TemporaryDirectory() as folder:
            found += filter(None, [mcpb_problem(packages, Path(folder))])
    else:
        print("Not checked by mcpb, which is not installed: npm --prefix tests/packages ci")
    if packages.server is None:
        print("No server.json: pyproject.toml has no Repository in [project.urls].")
    for problem in found:
        print(problem, file=sys.stderr)
    for path in sorted(options.to.iterdir()):
        print(f"{path}: {path.stat().st_size:,} bytes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
