"""Settings are read once, refused in a sentence that names the variable, and never show a secret."""

import os
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.settings import HOW_TO_AUTHENTICATE, NAMES, Live, Sandbox, Settings

KEY = "api_Zk3key"
SECRET = "s9-hush_Q"
TOKEN = "eyJhbGci.eyJzdWIi.c2ln"
PAIR = {"SCENARIO_SDK_API_KEY": KEY, "SCENARIO_SDK_API_SECRET": SECRET}
SECRET_NAMES = (
    "SCENARIO_SDK_API_KEY",
    "SCENARIO_API_KEY",
    "SCENARIO_SDK_API_SECRET",
    "SCENARIO_API_SECRET",
    "SCENARIO_SDK_JWT",
    "SCENARIO_PROJECT_ID",
)
EXAMPLE = "Example: https://api.cloud.scenario.com/v1"


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environ(environ)
    return str(refused.value)


def partners(name: str) -> dict[str, str]:
    """Return the other half of a key, where the named variable is one."""
    if name.endswith("_API_KEY"):
        return {"SCENARIO_SDK_API_SECRET": SECRET}
    return {"SCENARIO_SDK_API_KEY": KEY} if name.endswith("_API_SECRET") else {}


def test_without_any_variable_the_defaults_hold() -> None:
    settings = Settings.from_environ({})
    assert settings == Settings(
        credentials=Credentials(api_key="", api_secret="", jwt="", project_id="", holder="own"),
        upstream=Live(base_url="https://api.cloud.scenario.com/v1"),
        cdn_hosts=("cdn.cloud.scenario.com",),
        image_folders=(),
        ca_bundle="",
        timeout_seconds=30.0,
        log_level="warning",
        resource_links=False,
    )
    assert not settings.can_search


def test_every_variable_is_read() -> None:
    settings = Settings.from_environ(
        {
            **PAIR,
            "SCENARIO_SDK_JWT": TOKEN,
            "SCENARIO_BASE_URL": "https://api.example.com/v2",
            "SCENARIO_PROJECT_ID": "proj_1",
            "SCENARIO_CDN_HOSTS": "one.example.com,two.example.com",
            "SCENARIO_MCP_SANDBOX": "0",
            "SCENARIO_MCP_TIMEOUT_SECONDS": "12.5",
            "SCENARIO_MCP_LOG_LEVEL": "debug",
            "SCENARIO_MCP_RESOURCE_LINKS": "1",
        }
    )
    assert settings == Settings(
        credentials=Credentials(KEY, SECRET, TOKEN, "proj_1"),
        upstream=Live("https://api.example.com/v2"),
        cdn_hosts=("one.example.com", "two.example.com"),
        timeout_seconds=12.5,
        log_level="debug",
        resource_links=True,
    )


def test_empty_variables_count_as_absent() -> None:
    names = (
        *SECRET_NAMES,
        "SCENARIO_BASE_URL",
        "SCENARIO_CDN_HOSTS",
        "SCENARIO_MCP_CA_BUNDLE",
        "SCENARIO_MCP_IMAGE_FOLDERS",
        "SCENARIO_MCP_SANDBOX",
        "SCENARIO_MCP_TIMEOUT_SECONDS",
        "SCENARIO_MCP_LOG_LEVEL",
        "SCENARIO_MCP_RESOURCE_LINKS",
    )
    for blank in ("", "  ", "\n"):
        assert Settings.from_environ(dict.fromkeys(names, blank)) == Settings()


@pytest.mark.parametrize("key_name", ["SCENARIO_SDK_API_KEY", "SCENARIO_API_KEY"])
@pytest.mark.parametrize("secret_name", ["SCENARIO_SDK_API_SECRET", "SCENARIO_API_SECRET"])
def test_both_spellings_of_a_key_are_read_also_mixed(key_name: str, secret_name: str) -> None:
    settings = Settings.from_environ({key_name: KEY, secret_name: SECRET})
    assert settings.credentials == Credentials(KEY, SECRET)
    assert settings.can_search


def test_the_first_spelling_wins() -> None:
    settings = Settings.from_environ({**PAIR, "SCENARIO_API_KEY": "other", "SCENARIO_API_SECRET": "another"})
    assert settings.credentials == Credentials(KEY, SECRET)


def test_an_empty_first_spelling_leaves_the_second() -> None:
    settings = Settings.from_environ(
        {"SCENARIO_SDK_API_KEY": "", "SCENARIO_API_KEY": KEY, "SCENARIO_API_SECRET": SECRET}
    )
    assert settings.credentials == Credentials(KEY, SECRET)


def test_a_token_alone_is_a_credential() -> None:
    settings = Settings.from_environ({"SCENARIO_SDK_JWT": TOKEN})
    assert settings.credentials == Credentials(jwt=TOKEN)
    assert settings.can_search


@pytest.mark.parametrize(
    ("environ", "present", "missing"),
    [
        ({"SCENARIO_SDK_API_KEY": KEY}, "SCENARIO_SDK_API_KEY", "SCENARIO_SDK_API_SECRET"),
        ({"SCENARIO_API_KEY": KEY}, "SCENARIO_API_KEY", "SCENARIO_SDK_API_SECRET"),
        ({"SCENARIO_SDK_API_SECRET": SECRET}, "SCENARIO_SDK_API_SECRET", "SCENARIO_SDK_API_KEY"),
        ({"SCENARIO_API_SECRET": SECRET}, "SCENARIO_API_SECRET", "SCENARIO_SDK_API_KEY"),
        ({"SCENARIO_API_SECRET": SECRET, "SCENARIO_SDK_JWT": TOKEN}, "SCENARIO_API_SECRET", "SCENARIO_SDK_API_KEY"),
    ],
)
def test_half_a_key_is_refused(environ: dict[str, str], present: str, missing: str) -> None:
    assert refusal(environ) == (f"{present} is set but {missing} is not. Set both: they are the two halves of one key.")


@pytest.mark.parametrize("key_name", ["SCENARIO_SDK_API_KEY", "SCENARIO_API_KEY"])
def test_a_key_that_holds_its_secret_too_is_refused(key_name: str) -> None:
    assert refusal({key_name: f"{KEY}:{SECRET}"}) == (
        f"{key_name} holds a colon, which no key has: put what follows it into SCENARIO_SDK_API_SECRET."
    )


def test_a_secret_may_hold_a_colon() -> None:
    assert Settings.from_environ({**PAIR, "SCENARIO_SDK_API_SECRET": "a:b"}).credentials.api_secret == "a:b"


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("value", ["\u201chush", "hush\u2019", "hu\u200bsh", "h\u00fcsh", "\ufeffhush"])
def test_a_pasted_curly_quote_or_invisible_character_is_refused(name: str, value: str) -> None:
    assert refusal({**partners(name), name: value}) == (
        f"{name} holds a character outside ASCII, perhaps a curly quote or an invisible one from pasting. "
        "Copy the value again, without quotes."
    )


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("value", ["hu sh", "hu\tsh", "hu\nsh", "hu\x00sh", "hu\x7fsh", "hush\x1b[0m"])
def test_white_space_and_controls_inside_are_refused(name: str, value: str) -> None:
    assert refusal({**partners(name), name: value}) == (
        f"{name} holds white space or a control character. Copy the value again."
    )


@pytest.mark.parametrize("name", SECRET_NAMES)
@pytest.mark.parametrize("value", ['"hush"', "'hush'", '"hush', "hush'"])
def test_quotes_around_a_value_are_refused(name: str, value: str) -> None:
    if name == "SCENARIO_PROJECT_ID" and value[0] == value[-1]:
        assert Settings.from_environ({name: value}).credentials.project_id == "hush"
        return
    assert refusal({**partners(name), name: value}) == (
        f"{name} starts or ends with a quotation mark. Write the value without quotes."
    )


@pytest.mark.parametrize("quotes", ["''", '""', " '' "])
def test_quotes_around_nothing_are_nothing(quotes: str) -> None:
    assert Settings.from_environ(dict.fromkeys(SECRET_NAMES, quotes)) == Settings()


@pytest.mark.promise(number=6)
@pytest.mark.parametrize("value", ["https://app.scenario.com/projects/proj_1", "a,b", "*", "p" * 65])
def test_what_is_no_id_of_a_project_is_refused(value: str) -> None:
    assert refusal({"SCENARIO_PROJECT_ID": value}) == (
        "SCENARIO_PROJECT_ID does not hold the id of a project: 1 to 64 letters, digits, hyphens or underscores. Copy "
        "it from the address of the project in Scenario."
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n", "  ", "\u00a0"])
def test_blanks_around_a_value_are_taken_off(ending: str) -> None:
    assert Settings.from_environ({name: f" {value}{ending}" for name, value in PAIR.items()}) == Settings(
        Credentials(KEY, SECRET)
    )


@pytest.mark.parametrize("name", ["SCENARIO_MCP_SANDBOX", "SCENARIO_MCP_RESOURCE_LINKS"])
@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("1", "true", "True", "YES", "on", " 1\n")),
        *((text, False) for text in ("0", "false", "No", "OFF", "")),
    ],
)
def test_booleans_are_read_in_their_usual_spellings(name: str, text: str, value: bool) -> None:  # noqa: FBT001  # the value is the point
    settings = Settings.from_environ({name: text})
    is_sandbox = settings.upstream == Sandbox()
    assert {"SCENARIO_MCP_SANDBOX": is_sandbox, "SCENARIO_MCP_RESOURCE_LINKS": settings.resource_links}[name] is value


@pytest.mark.parametrize("name", ["SCENARIO_MCP_SANDBOX", "SCENARIO_MCP_RESOURCE_LINKS"])
def test_other_booleans_are_refused_and_shown_harmlessly(name: str) -> None:
    assert refusal({name: "maybe\x1b[31m" + "x" * 99}) == (f"{name} must be 1 or 0, not 'maybe\\x1b[31m{'x' * 30}'.")


def test_the_sandbox_needs_no_credentials_and_ignores_broken_ones() -> None:
    settings = Settings.from_environ(
        {
            "SCENARIO_MCP_SANDBOX": "1",
            "SCENARIO_SDK_API_KEY": "only half \u201c",
            "SCENARIO_SDK_JWT": "broken token",
            "SCENARIO_MCP_LOG_LEVEL": "error",
        }
    )
    assert settings == Settings(upstream=Sandbox(), log_level="error")
    assert not settings.credentials.are_given
    assert settings.can_search


def test_a_fault_of_the_sandbox_is_shown_and_not_retried() -> None:
    settings = Settings.from_environ({"SCENARIO_MCP_SANDBOX": "1", "SCENARIO_MCP_SANDBOX_FAULT": " 429:3 "})
    assert settings.upstream == Sandbox(fault="429:3")
    assert [upstream.is_retried for upstream in (settings.upstream, Sandbox(), Live())] == [False, True, True]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://api.example.com", "https://api.example.com"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        (" https://api.example.com:8443/v1//\n", "https://api.example.com:8443/v1"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1"),
        ("http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_a_base_url_is_https_or_this_machine(text: str, url: str) -> None:
    assert Settings.from_environ({"SCENARIO_BASE_URL": text}).upstream == Live(url)


@pytest.mark.promise(number=17)
@pytest.mark.parametrize(
    "text",
    [
        "http://api.cloud.scenario.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://localhost.example.com",
        "http://10.0.0.1/v1",
        "http://0.0.0.0/v1",
        "http://[::]/v1",
    ],
)
def test_plain_http_to_another_machine_is_refused(text: str) -> None:
    assert refusal({**PAIR, "SCENARIO_BASE_URL": text}) == (
        "SCENARIO_BASE_URL would be reached unencrypted: http is for this machine only. Write https:// instead. "
        f"{EXAMPLE}"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"https://{KEY}:{SECRET}@api.example.com/v1",
        f"https://{SECRET}@api.example.com",
        f"https://api.example.com/v1?token={SECRET}",
        "https://api.example.com/v1?",
        f"https://api.example.com/v1#{SECRET}",
        "https://api.example.com/v1#",
    ],
)
def test_a_base_url_with_more_than_an_address_is_refused_without_showing_it(text: str) -> None:
    assert refusal({"SCENARIO_BASE_URL": text}) == (
        f"SCENARIO_BASE_URL must hold the address alone, without credentials, query or fragment. {EXAMPLE}"
    )


@pytest.mark.parametrize(
    "text",
    ["api.example.com", "ftp://api.example.com", "https://", "https:///v1", "file:///etc", SECRET, "https://a b/v1"],
)
def test_what_is_no_web_address_is_refused_as_base_url(text: str) -> None:
    assert refusal({"SCENARIO_BASE_URL": text}) == (
        f"SCENARIO_BASE_URL must be a web address that starts with https://. {EXAMPLE}"
    )


@pytest.mark.parametrize("text", ["https://[::1", "https://api.example.com:port", "https://api.example.com:99999"])
def test_a_broken_base_url_is_refused(text: str) -> None:
    assert refusal({"SCENARIO_BASE_URL": text}) == f"SCENARIO_BASE_URL is not a web address. {EXAMPLE}"


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("cdn.example.com", ("cdn.example.com",)),
        (" One.Example.com , two.example.com,", ("one.example.com", "two.example.com")),
        (" , ,", ("cdn.cloud.scenario.com",)),
    ],
)
def test_picture_hosts_are_a_list_of_names(text: str, hosts: tuple[str, ...]) -> None:
    assert Settings.from_environ({"SCENARIO_CDN_HOSTS": text}).cdn_hosts == hosts


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("https://cdn.example.com", "'https://cdn.example.com'"),
        ("cdn.example.com/assets", "'cdn.example.com/assets'"),
        ("cdn.example.com:443", "'cdn.example.com:443'"),
        ("cdn.ex\u00e4mple.com", "'cdn.ex\\xe4mple.com'"),
        ("*.example.com", "'*.example.com'"),
        ("cdn.example.com;script-src *", "'cdn.example.com;script-src *'"),
        ("cdn.example.com 'self'", "\"cdn.example.com 'self'\""),
    ],
)
def test_a_picture_host_with_more_than_a_name_is_refused(host: str, shown: str) -> None:
    assert refusal({"SCENARIO_CDN_HOSTS": f"good.example.com,{host}"}) == (
        "SCENARIO_CDN_HOSTS must list host names, separated by commas, without https://, port or path, not "
        f"{shown}. Example: cdn.cloud.scenario.com"
    )


@pytest.mark.parametrize(("text", "seconds"), [("1", 1.0), ("600", 600.0), (" 2.5 ", 2.5), ("1e2", 100.0)])
def test_the_time_out_is_read_in_seconds(text: str, seconds: float) -> None:
    assert Settings.from_environ({"SCENARIO_MCP_TIMEOUT_SECONDS": text}).timeout_seconds == seconds


@pytest.mark.parametrize("text", ["0", "0.99", "600.01", "-5", "nan", "inf", "30s", "half a minute"])
def test_a_time_out_out_of_bounds_is_refused(text: str) -> None:
    assert refusal({"SCENARIO_MCP_TIMEOUT_SECONDS": text}) == (
        f"SCENARIO_MCP_TIMEOUT_SECONDS must be a number of seconds from 1 to 600, not '{text}'."
    )


@pytest.mark.parametrize("text", ["debug", "info", "warning", "error", "DEBUG", " Error "])
def test_log_levels_are_read_in_any_case(text: str) -> None:
    assert Settings.from_environ({"SCENARIO_MCP_LOG_LEVEL": text}).log_level == text.strip().lower()


def test_another_log_level_is_refused() -> None:
    assert refusal({"SCENARIO_MCP_LOG_LEVEL": "Trace"}) == (
        "SCENARIO_MCP_LOG_LEVEL must be one of debug, info, warning, error, not 'Trace'."
    )


@pytest.mark.promise(number=17)
def test_no_secret_shows_in_a_printed_settings_object() -> None:
    settings = Settings.from_environ({**PAIR, "SCENARIO_SDK_JWT": TOKEN})
    for text in (repr(settings), str(settings), f"{settings!r}"):
        assert text == (
            "Settings(credentials=Credentials(project_id='', holder='own'), "
            "upstream=Live(base_url='https://api.cloud.scenario.com/v1'), cdn_hosts=('cdn.cloud.scenario.com',), "
            "image_folders=(), timeout_seconds=30.0, log_level='warning', resource_links=False, unfilled=())"
        )


def test_settings_do_not_change() -> None:
    settings = Settings()
    for each in fields(Settings):
        with pytest.raises(FrozenInstanceError):
            setattr(settings, each.name, None)
    assert replace(settings, timeout_seconds=1.0).timeout_seconds == 1.0


def test_image_folders_are_existing_folders_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    art, home = tmp_path / "art", tmp_path / "home"
    art.mkdir()
    (home / "my pictures").mkdir(parents=True)
    (tmp_path / "link").symlink_to(art, target_is_directory=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    text = os.pathsep.join([f" {tmp_path / 'link'}", "~/my pictures", "", f"{art}\n"])
    settings = Settings.from_environ({"SCENARIO_MCP_IMAGE_FOLDERS": text})
    assert settings.image_folders == (str(art.resolve()), str((home / "my pictures").resolve()))


def test_an_image_folder_may_be_missing(tmp_path: Path) -> None:
    text = os.pathsep.join([str(tmp_path), str(tmp_path / "missing")])
    settings = Settings.from_environ({"SCENARIO_MCP_IMAGE_FOLDERS": text})
    assert settings.image_folders == (str(tmp_path.resolve()), str(tmp_path.resolve() / "missing"))


def test_an_image_folder_on_a_drive_that_does_not_answer_counts_as_missing(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    folder = str(tmp_path / "loop" / "art")
    assert Settings.from_environ({"SCENARIO_MCP_IMAGE_FOLDERS": folder}).image_folders == (folder,)


@pytest.mark.parametrize("text", ["tests", ".", "~nobody-of-that-name/art", "/a\0b", __file__])
def test_what_is_no_folder_is_refused_for_images(text: str) -> None:
    named = f"{Path.home()}{os.pathsep}{text}"
    assert refusal({"SCENARIO_MCP_IMAGE_FOLDERS": named}) == (
        "SCENARIO_MCP_IMAGE_FOLDERS must list folders by their absolute paths, separated by "
        f"{os.pathsep}, not {text[:40]!a}."
    )


def test_a_ca_bundle_is_the_certificates_of_a_file_alone(tmp_path: Path) -> None:
    own = trustme.CA()
    certificate = own.cert_pem.bytes().strip()
    path = tmp_path / "ours.pem"
    path.write_bytes("Größe\n".encode() + certificate + b"\r\n" + own.private_key_pem.bytes() + certificate + b"\0")
    settings = Settings.from_environ({"SCENARIO_MCP_CA_BUNDLE": f" {path}\n"})
    assert settings.ca_bundle == certificate.decode()
    assert "CERTIFICATE" not in repr(settings)


def test_a_ca_bundle_is_the_certificates_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    first, second = (trustme.CA().cert_pem.bytes().decode().strip() for _ in range(2))
    folder = tmp_path / "certificates"
    (folder / "folder").mkdir(parents=True)
    (folder / "1a2b3c4d.0").write_text(first)
    (folder / "copy.pem").write_text(f"{first}\n{second}\n")
    (folder / "README").write_text("no certificate")
    settings = Settings.from_environ({"SCENARIO_MCP_CA_BUNDLE": "~/certificates"})
    assert settings.ca_bundle == f"{first}\n{second}"


@pytest.mark.parametrize("name", ["none.pem", "a\0b"])
def test_a_ca_bundle_that_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    path = f"{tmp_path}/{name}"
    assert refusal({"SCENARIO_MCP_CA_BUNDLE": path}) == (
        "SCENARIO_MCP_CA_BUNDLE must be a PEM file of certificates or a folder of such files, but "
        f"{path[:40]!a} cannot be read."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        b"\x30\x82\x01\x00",
        None,
    ],
)
def test_a_ca_bundle_without_a_certificate_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ours"
    path.mkdir() if content is None else path.write_bytes(content)
    assert refusal({"SCENARIO_MCP_CA_BUNDLE": str(path)}) == (
        "SCENARIO_MCP_CA_BUNDLE must be a PEM file of certificates or a folder of such files, but "
        f"{str(path)[:40]!a} holds no certificate or a broken one. A PEM file has lines that say BEGIN CERTIFICATE."
    )


def test_the_ways_out_name_the_variables_to_set() -> None:
    assert HOW_TO_AUTHENTICATE == (
        "Set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET to an API key of your Scenario project, "
        "or set SCENARIO_MCP_SANDBOX=1 to search the built-in sample catalogue without an account."
    )


@given(
    name=st.sampled_from([*SECRET_NAMES, "SCENARIO_BASE_URL"]),
    noise=st.sampled_from(["", " ", "\u201d", "'", ":", "\x00", "@", "?", "\u2028"]),
    before=st.booleans(),
)
def test_no_refusal_holds_the_value_that_it_refuses(name: str, noise: str, before: bool) -> None:  # noqa: FBT001  # drawn
    value = f"{SECRET}{noise}{SECRET}" if before else f"{noise}{SECRET}"
    try:
        settings = Settings.from_environ({name: value})
        shown = repr(replace(settings, credentials=replace(settings.credentials, project_id="")))
    except SettingsRefused as refused:
        shown = f"{refused} (it names {name in str(refused)})"
    assert SECRET not in shown
    assert "it names False" not in shown


def test_a_catalogue_may_be_several_folders_of_which_one_exists(tmp_path: Path) -> None:
    whole = tmp_path / f"with{os.pathsep}sign"
    whole.mkdir()
    for text, folders in {
        str(tmp_path): (str(tmp_path),),
        f"{tmp_path}{os.pathsep}{tmp_path}/later": (str(tmp_path), f"{tmp_path}/later"),
        str(whole): (str(whole),),
    }.items():
        assert Settings.from_environ({"SCENARIO_MCP_CATALOGUE": text}).upstream == Sandbox(folders)
    with pytest.raises(SettingsRefused, match="is not a folder"):
        Settings.from_environ({"SCENARIO_MCP_CATALOGUE": f"/no/such{os.pathsep}/nor/this"})


# --- what a host did not fill in --------------------------------------------------------------------------------------


@pytest.mark.promise(number=6)
@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        (
            {"SCENARIO_SDK_API_KEY": "${SCENARIO_KEY}", "SCENARIO_SDK_API_SECRET": "${SCENARIO_SECRET}"},
            "SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET hold placeholders",
        ),
        (
            {"SCENARIO_SDK_API_KEY": "your-api-key", "SCENARIO_SDK_API_SECRET": SECRET},
            "SCENARIO_SDK_API_KEY holds a placeholder",
        ),
        ({"SCENARIO_API_KEY": KEY, "SCENARIO_API_SECRET": "%SECRET%"}, "SCENARIO_API_SECRET holds a placeholder"),
        ({"SCENARIO_SDK_JWT": "<token>"}, "SCENARIO_SDK_JWT holds a placeholder"),
    ],
)
def test_a_key_that_was_not_filled_in_is_none_and_named(environ: dict[str, str], sentence: str) -> None:
    settings = Settings.from_environ(environ)
    assert settings.credentials == Credentials()
    assert not settings.can_search
    assert settings.why_without_credentials == (
        f"{sentence}, not the API key. Write the key itself where the host keeps this server's settings, or set "
        "SCENARIO_MCP_SANDBOX=1 to search the built-in sample catalogue without an account."
    )


def test_a_key_under_its_other_name_counts_where_the_first_was_not_filled_in() -> None:
    placeholders = {"SCENARIO_SDK_API_KEY": "${KEY}", "SCENARIO_SDK_API_SECRET": "${SECRET}"}
    settings = Settings.from_environ(
        {**placeholders, "SCENARIO_API_KEY": KEY, "SCENARIO_API_SECRET": SECRET, "SCENARIO_SDK_JWT": "${JWT}"}
    )
    assert settings.credentials == Credentials(api_key=KEY, api_secret=SECRET)


@given(st.sampled_from(["${user_config.x}", "$UNSET", "%UNSET%", "{{x}}", "<x>", "your-value"]))
def test_every_other_setting_that_was_not_filled_in_has_its_default_and_is_named(placeholder: str) -> None:
    names = ("SCENARIO_PROJECT_ID", "SCENARIO_BASE_URL", "SCENARIO_CDN_HOSTS", *NAMES)
    filled = Settings.from_environ({**PAIR, **dict.fromkeys(names, placeholder)})
    assert replace(filled, unfilled=()) == Settings.from_environ(PAIR)
    assert filled.unfilled == names


def test_of_several_folders_those_that_were_not_filled_in_are_none(tmp_path: Path) -> None:
    folder = str(tmp_path.resolve())
    for parts in (
        [folder, "${user_config.more}", f'"{folder}/b"'],
        ["${user_config.more}", folder, "${env:MORE}", f"{folder}/b"],
        ["%MORE%", "$MORE", folder, f"{folder}/b", "{{more}}"],
    ):
        listed = os.pathsep.join(parts)
        settings = Settings.from_environ({"SCENARIO_MCP_IMAGE_FOLDERS": listed, "SCENARIO_MCP_CATALOGUE": listed})
        assert settings.image_folders == (folder, f"{folder}/b")
        assert settings.upstream == Sandbox((folder, f"{folder}/b"))


@pytest.mark.parametrize("parts", [["${env:ONE}"], ["${user_config.one}", "${user_config.two}"], ["$ONE", "%TWO%"]])
def test_folders_of_which_none_was_filled_in_count_as_not_set(parts: list[str]) -> None:
    names = ("SCENARIO_MCP_CATALOGUE", "SCENARIO_MCP_IMAGE_FOLDERS")
    settings = Settings.from_environ({**PAIR, **dict.fromkeys(names, os.pathsep.join(parts))})
    assert replace(settings, unfilled=()) == Settings.from_environ(PAIR)
    assert settings.unfilled == names


def test_quotation_marks_around_a_setting_are_not_part_of_it() -> None:
    settings = Settings.from_environ(
        {"SCENARIO_BASE_URL": "'https://api.example.com/v1'\n", "SCENARIO_MCP_TIMEOUT_SECONDS": ' "7" '}
    )
    assert (settings.upstream, settings.timeout_seconds) == (Live("https://api.example.com/v1"), 7.0)


@pytest.mark.parametrize("secret", ["p$ss{1}%", "a${b}c", "$x", "%20%"])
def test_a_secret_with_odd_characters_is_taken_as_it_is(secret: str) -> None:
    assert Settings.from_environ({**PAIR, "SCENARIO_SDK_API_SECRET": secret}).credentials.api_secret == secret
