"""The certificates that the system, the environment and the settings name are trusted, and no others."""

import ssl
import sys
from pathlib import Path

import pytest
import trustme

from scenario_mcp.backend import open_scenario
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import Unavailable
from scenario_mcp.net import tls
from scenario_mcp.net.connections import Network
from scenario_mcp.settings import Settings
from tests.support.tls_servers import AUTHORITY, BUNDLE, UNTRUSTED, Listener, certified, explained, get, hashed_name

pytestmark = pytest.mark.usefixtures("plain_environment", "names_lead_to_this_machine")


async def test_the_certificates_of_the_system_are_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    paths = ssl.get_default_verify_paths()
    (tmp_path / "system.pem").write_text(BUNDLE)
    monkeypatch.setattr(tls, "_SELF_VERIFYING", ())
    monkeypatch.setattr(
        ssl, "get_default_verify_paths", lambda: paths._replace(cafile=str(tmp_path / "system.pem"), capath="")
    )
    other = trustme.CA()
    async with Listener(certified()) as host, Listener(certified(authority=other)) as own:
        network = Network(other.cert_pem.bytes().decode())
        assert (await get(f"https://localhost:{host.port}/", network)).status_code == 200
        assert (await get(f"https://localhost:{own.port}/", network)).status_code == 200
        assert await explained(f"https://localhost:{own.port}/", Network()) == UNTRUSTED


def test_without_certificates_of_the_system_there_are_those_of_certifi(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = ssl.get_default_verify_paths()
    (tmp_path / "empty.pem").touch()
    monkeypatch.setattr(tls, "_SELF_VERIFYING", ())
    monkeypatch.setattr(tls, "_SYSTEM_BUNDLES", (str(tmp_path / "none.pem"),))
    monkeypatch.setattr(
        ssl,
        "get_default_verify_paths",
        lambda: paths._replace(cafile=str(tmp_path / "empty.pem"), capath=str(tmp_path)),
    )
    assert Network().tls.cert_store_stats()["x509_ca"] > 50


async def test_where_the_system_verifies_itself_the_bundle_is_trusted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "_SELF_VERIFYING", (sys.platform,))
    trusting, plain = Network(BUNDLE), Network()
    assert type(plain.tls).__module__ == "truststore._api"
    assert (plain.tls.check_hostname, plain.tls.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert plain.tls.minimum_version >= ssl.TLSVersion.TLSv1_2
    async with Listener(certified()) as host:
        assert (await get(f"https://localhost:{host.port}/", trusting)).status_code == 200
        assert await explained(f"https://localhost:{host.port}/", plain) == UNTRUSTED


async def test_an_intermediate_authority_alone_can_be_trusted() -> None:
    inner = AUTHORITY.create_child_ca()
    async with Listener(certified(authority=inner)) as host:
        network = Network(inner.cert_pem.bytes().decode())
        assert (await get(f"https://localhost:{host.port}/", network)).status_code == 200


async def test_ssl_cert_file_takes_the_place_of_the_system(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ours.pem").write_text(BUNDLE)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ours.pem"))
    other = trustme.CA()
    network = Network(other.cert_pem.bytes().decode())
    assert network.tls.cert_store_stats()["x509_ca"] == 2
    assert (network.tls.check_hostname, network.tls.verify_mode) == (True, ssl.CERT_REQUIRED)
    async with Listener(certified()) as host, Listener(certified(authority=other)) as own:
        assert (await get(f"https://localhost:{host.port}/", network)).status_code == 200
        assert (await get(f"https://localhost:{own.port}/", network)).status_code == 200


async def test_ssl_cert_dir_is_read_where_there_is_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / hashed_name(AUTHORITY)).write_text(BUNDLE)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with Listener(certified()) as host:
        assert (await get(f"https://localhost:{host.port}/", Network())).status_code == 200
        (tmp_path / "none").mkdir()
        monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
        assert await explained(f"https://localhost:{host.port}/", Network()) == UNTRUSTED


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_a_broken_ssl_cert_file_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "ours.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(Unavailable) as refused:
        async with open_scenario(Settings(Credentials("key", "secret"))):
            raise AssertionError
    assert refused.value.told(to_operator=True) == (
        "SSL_CERT_FILE does not lead to certificates in PEM form, so no host can be trusted. Correct it, or remove it."
    )


def test_names_are_verified_and_old_tls_is_not_spoken() -> None:
    tls = Network(BUNDLE).tls
    assert (tls.check_hostname, tls.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert tls.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.promise(number=17)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_2),
        (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
        (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3),
    ],
)
def test_a_python_that_leaves_the_version_to_openssl_speaks_no_old_tls_either(
    before: ssl.TLSVersion, after: ssl.TLSVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = before
    monkeypatch.setattr(tls, "_trusting_system", lambda: context)
    assert Network().tls.minimum_version == after
