"""Whether the variables for certificates lead to any is told by looking at what they name, before TLS needs it."""

import os
from pathlib import Path

import pytest

from scenario_mcp.certificates import certificates_problem, named_certificates
from tests.support.tls_servers import BUNDLE

SENTENCE = "{} does not lead to certificates in PEM form, so no host can be trusted. Correct it, or remove it."


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"\x30\x82\x03"])
def test_a_file_without_certificates_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ours.pem"
    if content is not None:
        path.write_bytes(content)
    assert certificates_problem({"SSL_CERT_FILE": str(path)}) == SENTENCE.format("SSL_CERT_FILE")


@pytest.mark.parametrize("value", ["${SSL_CERT_FILE}", "ours\0.pem", "/"])
def test_what_is_no_file_is_told(value: str) -> None:
    assert certificates_problem({"SSL_CERT_FILE": value}) == SENTENCE.format("SSL_CERT_FILE")


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    missing = os.pathsep.join([str(tmp_path / "missing"), str(tmp_path / "file")])
    assert certificates_problem({"SSL_CERT_DIR": missing}) == SENTENCE.format("SSL_CERT_DIR")
    assert certificates_problem({"SSL_CERT_DIR": os.pathsep.join([missing, str(tmp_path)])}) == ""


def test_what_holds_certificates_is_right_and_a_file_counts_before_a_folder(tmp_path: Path) -> None:
    path = tmp_path / "ours.pem"
    path.write_text(f"# ours\n{BUNDLE}")
    both = {"SSL_CERT_FILE": str(path), "SSL_CERT_DIR": "/missing"}
    assert certificates_problem(both) == ""
    assert named_certificates(both) == ("SSL_CERT_FILE", str(path))
    assert certificates_problem({"SSL_CERT_FILE": "", "SSL_CERT_DIR": ""}) == ""
    assert named_certificates({"SSL_CERT_FILE": ""}) == ("", "")
