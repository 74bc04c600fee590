"""`uv.lock`: what development and continuous integration install."""

import re
import shutil

import pytest

from scripts.packages.lock import outdated
from scripts.packages.project import read_project
from tests.support.packages import ROOT, run

pytestmark = pytest.mark.processes


def test_it_names_no_host_but_those_of_the_public_index() -> None:
    hosts = set(re.findall(r"[a-z]+://[^/\"]*", (ROOT / "uv.lock").read_text("utf-8")))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_it_knows_what_a_user_needs() -> None:
    assert outdated((ROOT / "uv.lock").read_text("utf-8"), read_project(ROOT)) == []


@pytest.mark.skipif(not shutil.which("uv"), reason="uv is not installed")
def test_it_fits_the_requirements() -> None:
    run("uv", "lock", "--check", "--offline", cwd=ROOT)  # if not: uv lock
