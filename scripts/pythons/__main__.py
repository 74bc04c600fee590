"""Test on each supported Python: `python -m scripts.pythons [VERSION ...] [--lowest]`.

`uv` finds the interpreters that are installed (pyenv's and the system's included), makes an environment for each, and
installs the package with its extra `dev` as the README's command does: the newest versions of what it needs, or with
`--lowest` the lowest that `pyproject.toml` allows. A version that is not on this machine is
fetched by `uv` where that is possible, and named as missing otherwise. The exit code is 0 if every version that was
found passed and at least one was found.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTEST = ("-m", "pytest", "-q", "-n", "auto", "-p", "no:cacheprovider")
CLOSING_LINE = re.compile(r"\d+ (passed|failed|error).* in [\d.]+s.*")


def supported() -> list[str]:
    """Return the versions that the package's classifiers name, oldest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = [re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each) for each in project["classifiers"]]
    return [found[1] for found in named if found]


def search_path() -> str:
    """Return where interpreters lie: in pyenv's own folders first, since its shims answer for chosen versions only."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    return os.pathsep.join([*map(str, sorted(root.glob("versions/*/bin"))), os.environ["PATH"]])


def passes(uv: str, version: str, folder: Path, resolution: str) -> bool | None:
    """Run the suite on one version, and print its closing line; None if there is no such Python here.

    `resolution` is uv's word for which versions of the dependencies are taken.
    """
    found = subprocess.run(  # noqa: S603  # uv, by its full path
        [uv, "python", "find", version],
        cwd=folder,
        env={**os.environ, "PATH": search_path()},
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        print(f"{version:6}not on this machine", flush=True)
        return None
    python = folder / version / "bin" / "python"
    subprocess.run([uv, "venv", "-q", "--seed", "--python", found.stdout.strip(), folder / version], check=True)  # noqa: S603  # as above
    subprocess.run(  # noqa: S603  # as above
        [uv, "pip", "install", "-q", "--python", python, "--resolution", resolution, "-e", f"{ROOT}[dev]"], check=True
    )
    tests = subprocess.run([python, *PYTEST], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # our own tests
    lines = tests.stdout.splitlines()
    print(f"{version:6}{next((line for line in reversed(lines) if CLOSING_LINE.search(line)), 'no tests')}", flush=True)
    if tests.returncode:
        print("\n".join(line for line in lines if line.startswith(("FAILED", "ERROR"))), flush=True)
    return tests.returncode == 0


def main() -> int:
    """Test on the versions asked for, all supported ones by default; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version", nargs="*", default=supported(), help="such as 3.13 (default: all supported)")
    parser.add_argument("--lowest", action="store_true", help="with the lowest versions that pyproject.toml allows")
    options = parser.parse_args()
    versions: list[str] = options.version
    resolution = "lowest-direct" if options.lowest else "highest"
    uv = shutil.which("uv")
    if uv is None:
        print("uv is not installed. Install it with: pip install uv")
        return 2
    with tempfile.TemporaryDirectory() as name:
        outcomes = [passes(uv, version, Path(name), resolution) for version in versions]
    return 0 if any(outcomes) and False not in outcomes else 1


if __name__ == "__main__":
    sys.exit(main())
