"""`--forks`: the suite in several processes. It must not lose a test, or the suite proves nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes

CONFTEST = """
from tests.support.forks import Forks

def pytest_configure(config):
    config.pluginmanager.register(Forks(2))
"""
PASSES = """
import os, pytest

@pytest.mark.parametrize("number", range(5))
def test_it_passes(number):
    print("printed")
    assert os.getppid() == int(os.environ["PARENT"])
"""
FAILS = """
def test_it_fails():
    print("printed")
    assert [1] == [2]
"""
DIES = """
import os

def test_before():
    pass

def test_it_dies():
    os._exit(0)

def test_after():
    pass
"""


def _pytest(folder: Path, *options: str, **files: str) -> tuple[int, str]:
    """Run these tests in two processes; return the exit code and what it printed."""
    for name, content in {"conftest": CONFTEST, **files}.items():
        (folder / f"{name}.py").write_text(content, "utf-8")
    program = "import os, pytest, sys; os.environ['PARENT'] = str(os.getpid()); sys.exit(pytest.main(sys.argv[1:]))"
    plain = (
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "--rootdir",
        str(folder),
        "-c",
        "/dev/null",
        str(folder),
    )
    finished = subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-c", program, *plain, *options], capture_output=True, text=True, timeout=60, check=False
    )
    return finished.returncode, finished.stdout


def test_every_test_is_run_once_and_a_failure_is_told_with_its_values(tmp_path: Path) -> None:
    code, printed = _pytest(tmp_path, test_passes=PASSES, test_fails=FAILS)
    assert code == 1
    assert "1 failed, 5 passed" in printed
    assert "assert [1] == [2]" in printed
    assert printed.count("printed") == 2  # in the source and as captured, of the failure alone


def test_tests_of_a_process_that_dies_have_failed(tmp_path: Path) -> None:
    code, printed = _pytest(tmp_path, test_passes=PASSES, test_dies=DIES)
    assert code == 1
    assert "2 failed, 6 passed" in printed
    assert "The process that was to run this test has died, in it or in one before." in printed
    assert "test_dies.py::test_it_dies" in printed
    assert "test_dies.py::test_after" in printed
