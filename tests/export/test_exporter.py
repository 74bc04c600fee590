"""A search of an account is saved as a catalogue, and finds the same when it is opened as one."""

import io
import json
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from PIL import Image
from rich.console import Console

from scenario_mcp.api.requests import AssetSearch
from scenario_mcp.backend import Scenario
from scenario_mcp.credentials import Credentials
from scenario_mcp.errors import SettingsRefused
from scenario_mcp.export import exporter
from scenario_mcp.export.folder import LineFolder
from scenario_mcp.export.request import PAGE_SIZE, ExportRequest
from scenario_mcp.pictures.reader import PREVIEW_PIXELS, PictureReader
from scenario_mcp.rendering.addresses import without_addresses
from scenario_mcp.sandbox.app import create_app
from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue import background
from scenario_mcp.sandbox.own_catalogue.background import BackgroundIngest
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.own_catalogue.report import IngestReport
from scenario_mcp.settings import Sandbox, Settings
from scenario_mcp.terminal import session
from scenario_mcp.terminal.wording import for_terminal
from tests.sandbox.test_service import running
from tests.support.fakes import Network, picture
from tests.support.folders import draw

pytestmark = pytest.mark.processes

PICTURE = picture()
MOMENT = "2026-01-01T00:00:00.000Z"


async def at_once(_: float) -> None:
    """Stand in for a wait."""


def save(folder: Path, request: ExportRequest, settings: Settings) -> tuple[int, str]:
    """Export without pauses; return the exit code and what was said."""
    console = Console(file=io.StringIO(), width=200)
    code = exporter.run(folder, request, settings, console=console, sleep=at_once)
    return code, console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above


def lines(folder: Path, kind: str = "assets") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{kind}.jsonl").read_text("utf-8").splitlines()]


def ids(folder: Path, kind: str = "assets") -> list[str]:
    return [line["id"] for line in lines(folder, kind)]


@pytest.fixture(autouse=True)
def small_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for small pictures, which the second sandbox draws in a tenth of the time."""
    defaults = PictureReader.read.__kwdefaults__
    assert defaults is not None
    monkeypatch.setitem(defaults, "pixels", 128)


@pytest.fixture(scope="module")
def settings() -> Iterator[Settings]:
    """Start a second sandbox on a port, and return how to reach it."""
    with running("port=0, is_quiet=True") as (_, printed):
        environ = dict(line.split("=", 1) for line in printed[1:])
        yield Settings.from_environ(environ)


@contextmanager
def opened(folder: Path) -> Iterator[httpx.AsyncClient]:
    """Open an export as a catalogue."""
    with Store.open() as store:
        index_folder(folder, store)
        yield httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(Catalogue.of_store(store, folder))),
            base_url="http://sandbox/v1",
            auth=("sandbox", "sandbox"),
        )


SEARCHES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assets", {"filter": "createdAt >= 0001-01-01", "sortBy": ["createdAt:desc"], "limit": 100, "offset": 0}),
    ("assets", {"filter": "createdAt >= 0001-01-01", "sortBy": ["createdAt:desc"], "limit": 100, "offset": 100}),
    ("assets", {"filter": "kind = image AND width >= 1024 AND nsfw IS EMPTY", "sortBy": ["width:asc"], "limit": 100}),
    ("assets", {"filter": "tags = pixel-art AND modelType EXISTS", "sortBy": ["updatedAt:desc"], "limit": 100}),
    ("assets", {"filter": "kind != image", "sortBy": ["score:desc"], "limit": 100}),
    ("assets", {"filter": "privacy = public", "public": True, "sortBy": ["createdAt:desc"]}),
    ("models", {"filter": "createdAt >= 0001-01-01", "sortBy": ["createdAt:desc"]}),
    ("models", {"filter": "capabilities = txt2img", "sortBy": ["score:desc"], "limit": 100}),
)


async def test_an_export_finds_the_same_as_the_account(tmp_path: Path, settings: Settings) -> None:
    for public in (False, True):
        code, _ = await anyio.to_thread.run_sync(save, tmp_path, ExportRequest(public=public), settings)
        assert code == 0
    own = settings.credentials
    live = httpx.AsyncClient(base_url=settings.upstream.base_url, auth=(own.api_key, own.api_secret))
    with opened(tmp_path) as offline:
        async with live, offline:
            for kind, body in SEARCHES:
                expected = (await live.post(f"/search/{kind}", json=body)).json()["hits"]
                found = (await offline.post(f"/search/{kind}", json=body)).json()["hits"]
                assert expected
                is_ordered = body["sortBy"] == ["createdAt:desc"]  # of others, equals are in order of insertion
                assert comparable(found, is_ordered=is_ordered) == comparable(expected, is_ordered=is_ordered)
                for hit in expected[:5]:
                    await same_picture(live, offline, kind, hit["id"])


def comparable(hits: list[dict[str, Any]], *, is_ordered: bool) -> Any:
    """Return hits without addresses, and with seeds as the texts that they should be."""
    for hit in hits:
        if "seed" in hit.get("metadata", {}):
            hit["metadata"]["seed"] = str(hit["metadata"]["seed"])
    return without_addresses(hits if is_ordered else sorted(hits, key=lambda hit: str(hit["id"])))


async def same_picture(live: httpx.AsyncClient, offline: httpx.AsyncClient, kind: str, document_id: str) -> None:
    """Compare what two servers show of a document: the type of a small picture, or that there is none."""
    shown = []
    for client in (live, offline):
        document = (await client.get(f"/{kind}/{document_id}")).json()[kind[:-1]]
        link = document["thumbnail"]["url"] if "thumbnail" in document else document["url"]
        answer = await client.get(link + "&width=64&height=64&fit=inside&format=webp", auth=("", ""))
        shown.append((answer.status_code, answer.headers["content-type"]))
    if shown[0][1] == "image/webp":
        assert shown[0] == shown[1]


def test_no_address_and_no_signature_is_written(tmp_path: Path, settings: Settings) -> None:
    save(tmp_path, ExportRequest(most=20), settings)
    for path in tmp_path.rglob("*.jsonl"):
        assert not re.search(r"(?i)https?://|signature=|key-pair-id=", path.read_text("utf-8"))
    assert {path.name for path in tmp_path.iterdir()} == {
        "assets.jsonl",
        "collections.jsonl",
        "models.jsonl",
        "media",
    }


def test_what_is_said(tmp_path: Path, settings: Settings) -> None:
    code, said = save(tmp_path / "export", ExportRequest(query="knight", resource_types=("assets",)), settings)
    number = len(ids(tmp_path / "export"))
    assert code == 0
    assert said == (
        f"Saved {number} assets in {tmp_path}/export.\n"
        f"To search it here: scenario-mcp search --catalogue {tmp_path}/export\n"
        f"To search it from a host: scenario-mcp install HOST --catalogue {tmp_path}/export\n"
    )


def test_a_search_by_filter_saves_what_the_filter_finds(tmp_path: Path, settings: Settings) -> None:
    request = ExportRequest(resource_types=("assets",), filter="kind = audio OR kind = video", with_pictures=False)
    assert save(tmp_path, request, settings)[0] == 0
    assert {line["metadata"]["kind"] for line in lines(tmp_path)} == {"audio", "video"}
    assert list((tmp_path / "media").iterdir()) == []


def test_the_pictures_are_small(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PictureReader.read.__kwdefaults__ or {}, "pixels", PREVIEW_PIXELS)
    save(tmp_path, ExportRequest(resource_types=("assets",), most=3), settings)
    pictures = list((tmp_path / "media").iterdir())
    assert {path.suffix for path in pictures} == {".webp"}
    for path in pictures:
        with Image.open(path) as image:
            assert max(image.size) == 1024


def test_more_than_is_wished_for_is_left_and_said(tmp_path: Path, settings: Settings) -> None:
    _, said = save(tmp_path, ExportRequest(resource_types=("assets",), most=7), settings)
    assert len(ids(tmp_path)) == 7
    assert "There are more assets: --most 70 saves more of them.\n" in said


def test_a_wrong_filter_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=r"^The search is not valid: At `= image` \(pos.*Write: kind = image$"):
        exporter.run(
            tmp_path / "export",
            ExportRequest(resource_types=("assets",), filter="kind == image"),
            Settings(Credentials(jwt="x")),
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("query", "wrong", "right"),
    [
        ("", "prompt:dragon AND kind = image", "--query dragon --filter 'kind = image'"),
        ("red", "prompt:dragon", "--query 'red dragon'"),
        ("red", "community = true", "--query red --public"),
    ],
)
def test_what_belongs_beside_a_filter_is_told_as_options(query: str, wrong: str, right: str) -> None:
    request = ExportRequest(resource_types=("assets",), query=query, filter=wrong)
    with pytest.raises(SettingsRefused) as refused:
        request.search(AssetSearch)
    assert str(refused.value).endswith(f" Write: {right}")


def test_without_credentials_it_says_what_to_set(tmp_path: Path) -> None:
    code, said = save(tmp_path, ExportRequest(), Settings())
    assert code == 1
    assert said.startswith("There are no credentials for Scenario. Set SCENARIO_SDK_API_KEY")


@pytest.mark.parametrize("blocked", ["assets.jsonl", "media"])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, settings: Settings, blocked: str) -> None:
    if blocked == "media":
        (tmp_path / blocked).write_text("in the way")
    else:
        (tmp_path / blocked).mkdir()
    with pytest.raises(SettingsRefused, match="cannot be written"):
        save(tmp_path, ExportRequest(most=1), settings)


class Account:
    """An account in memory: answers searches as the API does, in the order of the dates, and counts them."""

    def __init__(self, documents: list[dict[str, Any]]) -> None:
        self.documents = documents
        self.searches: list[dict[str, Any]] = []
        self.pictures: list[str] = []
        self.failures: list[httpx.Response] = []
        self.collections = httpx.Response(200, json={"collections": []})

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/collections"):
            return self.collections
        if request.method == "GET":
            self.pictures.append(request.url.path)
            return httpx.Response(404) if "missing" in request.url.path else httpx.Response(200, content=PICTURE)
        body = json.loads(request.content)
        self.searches.append(body)
        if self.failures and (failure := self.failures.pop(0)).status_code != 200:
            return failure
        until = re.search(r'createdAt <= "(.+?)"', body.get("filter", ""))
        found = [each for each in self.documents if not until or str(each.get("createdAt")).lower() <= until[1]]
        return httpx.Response(200, json={"hits": found[:1000][body["offset"] : body["offset"] + body["limit"]]})


def asset(number: int, **fields: Any) -> dict[str, Any]:
    """Return an asset; the higher the number, the older it is."""
    return {
        "id": f"asset_{number}",
        "ownerId": "proj_real",
        "createdAt": f"2026-01-01T00:00:{59 - number // 100:02}.{99 - number % 100:02}0Z",
        "mimeType": "image/png",
        "url": f"https://cdn.cloud.scenario.com/assets-transform/asset_{number}?Policy=p&Signature=s",
        **fields,
    }


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    """Let the export ask an account in memory."""
    account = Account([asset(number) for number in range(250)])

    network = Network(account.answer)

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Scenario]:
        yield network.scenario(settings)

    monkeypatch.setattr(exporter, "open_scenario", opened)
    return account


LIVE = Settings(Credentials("key", "word"))
ASSETS = ExportRequest(resource_types=("assets",), most=10_000)


def test_one_is_not_many_and_a_relative_folder_is_told_by_its_whole_path(
    tmp_path: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    account.documents = [asset(1)]
    _, said = save(Path("my art"), ASSETS, LIVE)
    assert said == (
        f"Saved 1 asset in {tmp_path}/my art.\n"
        f"To search it here: scenario-mcp search --catalogue '{tmp_path}/my art'\n"
        f"To search it from a host: scenario-mcp install HOST --catalogue '{tmp_path}/my art'\n"
    )


def test_where_nothing_was_saved_nothing_is_said_to_be(tmp_path: Path, account: Account) -> None:
    account.failures = [httpx.Response(401)]
    console = Console(file=io.StringIO(), width=200)
    assert exporter.run(tmp_path, ASSETS, LIVE, console=console, sleep=at_once, wording=for_terminal) == 1
    said = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    assert said == (
        "Scenario did not accept the credentials (401). Check SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or "
        "SCENARIO_SDK_JWT.\nNothing was saved.\n"
    )


def test_beyond_the_reach_of_a_search_the_next_begins_at_the_last_date(tmp_path: Path, account: Account) -> None:
    account.documents = [asset(number) for number in range(2_345)]
    code, said = save(tmp_path, ExportRequest(resource_types=("assets",), most=10_000, with_pictures=False), LIVE)
    assert (code, "Saved 2345 assets" in said) == (0, True)
    assert ids(tmp_path) == [f"asset_{number}" for number in range(2_345)]
    assert account.searches[10]["filter"] == ('createdAt >= 0001-01-01 AND createdAt <= "2026-01-01t00:00:50.000z"')


@pytest.mark.parametrize("created_at", [MOMENT, 'a" OR id = "b', None])
def test_when_dates_do_not_lead_on_it_says_so(tmp_path: Path, account: Account, created_at: str | None) -> None:
    account.documents = [asset(number, createdAt=created_at) for number in range(1_500)]
    code, said = save(tmp_path, ExportRequest(resource_types=("assets",), most=10_000, with_pictures=False), LIVE)
    assert code == 0
    assert len(ids(tmp_path)) == 1_000
    assert "their dates do not tell where to continue after the first 1000" in said


def test_a_search_by_words_says_where_its_reach_ends(tmp_path: Path, account: Account) -> None:
    account.documents = [asset(number) for number in range(1_500)]
    _, said = save(
        tmp_path, ExportRequest(resource_types=("assets",), most=10_000, query="owl", with_pictures=False), LIVE
    )
    assert len(ids(tmp_path)) == 1_000
    assert "Scenario shows no more than the first 1000 hits of a search by words." in said
    assert "filter" not in account.searches[0]
    assert "sortBy" not in account.searches[0]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({"retry-after": "20"}, [20.0]), ({"retry-after-ms": "16500"}, [16.5]), ({"retry-after": "7"}, []), ({}, [])],
)
def test_a_wait_that_is_too_long_for_a_call_is_kept_here_and_others_by_the_client(
    tmp_path: Path, account: Account, headers: dict[str, str], expected: list[float]
) -> None:
    account.failures = [httpx.Response(429, headers=headers)]
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    console = Console(file=io.StringIO())
    assert exporter.run(tmp_path, ASSETS, LIVE, console=console, sleep=note) == 0
    assert waits == [*expected, exporter.PAUSE_SECONDS, exporter.PAUSE_SECONDS]
    assert len(ids(tmp_path)) == 250


@pytest.mark.parametrize(
    ("failures", "sentence"),
    [
        ([httpx.Response(429, headers={"retry-after": "600"})], "Wait 600 seconds"),
        ([httpx.Response(503)] * 3, "Scenario has a problem of its own (503)."),
        ([httpx.Response(401)], "did not accept the credentials"),
        ([httpx.Response(429, json={"code": "QUOTA_EXCEEDED"})], "quota for searches is used up"),
    ],
)
def test_what_ends_it_early_is_said_and_the_same_command_goes_on(
    tmp_path: Path, account: Account, failures: list[httpx.Response], sentence: str
) -> None:
    account.failures = [httpx.Response(200), *failures]
    code, said = save(tmp_path, ASSETS, LIVE)
    assert code == 1
    assert sentence in said
    assert said.endswith("The documents saved so far can be used. Run the same command again to continue.\n")
    assert len(ids(tmp_path)) == PAGE_SIZE
    assert len(account.pictures) == PAGE_SIZE

    account.searches.clear()
    assert save(tmp_path, ASSETS, LIVE)[0] == 0
    assert ids(tmp_path) == [f"asset_{number}" for number in range(250)]
    assert len(account.searches) == 2
    assert "createdAt <= " in account.searches[0]["filter"]
    assert len(set(account.pictures)) == len(account.pictures) == 250
    assert not list(tmp_path.glob(".*"))


def test_a_torn_line_of_a_killed_export_is_left_out(tmp_path: Path, account: Account) -> None:
    account.failures = [httpx.Response(200), httpx.Response(401)]
    save(tmp_path, ASSETS, LIVE)
    (gathered,) = tmp_path.glob(".assets-*.partial")
    with gathered.open("ab") as file:
        file.write(b'{"id": "asset_tor')
    assert save(tmp_path, ASSETS, LIVE)[0] == 0
    assert ids(tmp_path) == [f"asset_{number}" for number in range(250)]


def test_what_other_searches_saved_stays(tmp_path: Path, account: Account) -> None:
    save(tmp_path, ASSETS, LIVE)
    account.documents = [asset(3, tags=["new"]), asset(500)]
    save(tmp_path, ASSETS, LIVE)
    assert len(ids(tmp_path)) == 251
    assert [line["tags"] for line in lines(tmp_path) if line["id"] == "asset_3"] == [["new"]]


def test_own_assets_lose_their_owner_and_public_ones_keep_it(tmp_path: Path, account: Account) -> None:
    account.documents = [asset(1)]
    save(tmp_path, ASSETS, LIVE)
    account.documents = [asset(1), asset(2)]
    save(tmp_path, ExportRequest(resource_types=("assets",), public=True), LIVE)
    assert {line["id"]: line.get("ownerId") for line in lines(tmp_path)} == {"asset_1": None, "asset_2": "proj_real"}


def test_the_path_of_a_file_in_another_folder_is_not_saved(tmp_path: Path, account: Account) -> None:
    account.documents = [asset(1, file="characters/knight.png")]
    save(tmp_path, ASSETS, LIVE)
    assert [line.get("file") for line in lines(tmp_path)] == [None]


def test_pictures_that_cannot_be_had_are_counted_and_tried_again(tmp_path: Path, account: Account) -> None:
    account.documents = [
        asset(1, url="https://cdn.cloud.scenario.com/missing?Signature=s"),
        asset(2, url="https://else/"),
    ]
    _, said = save(tmp_path, ASSETS, LIVE)
    assert "Pictures that could not be fetched: 2; the same command tries them again.\n" in said
    account.documents = [asset(1)]
    save(tmp_path, ASSETS, LIVE)
    assert [path.name for path in (tmp_path / "media").iterdir()] == ["asset_1.png"]


def test_the_thumbnail_stands_for_what_is_no_picture(tmp_path: Path, account: Account) -> None:
    thumbnail = {"assetId": "asset_still", "url": "https://cdn.cloud.scenario.com/assets/still?Signature=s"}
    account.documents = [asset(1, mimeType="video/mp4", thumbnail=thumbnail), asset(2, mimeType="audio/mpeg")]
    save(tmp_path, ASSETS, LIVE)
    assert [path.name for path in (tmp_path / "media").iterdir()] == ["asset_still.png"]
    assert lines(tmp_path)[0]["thumbnail"] == {"assetId": "asset_still"}


@pytest.mark.parametrize("asset_id", ["../../evil", "a/b", "", "..", ".hidden", "a\0b"])
def test_an_id_that_cannot_name_a_file_is_left_out(tmp_path: Path, account: Account, asset_id: str) -> None:
    account.documents = [asset(1, id=asset_id), asset(2, thumbnail={"assetId": asset_id, "url": "https://x/?a"})]
    save(tmp_path / "in/export", ASSETS, LIVE)
    assert ids(tmp_path / "in/export") == ["asset_2"]
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == {"assets.jsonl", "asset_2.png"}


def test_addresses_are_taken_out_at_any_depth() -> None:
    assert without_addresses(
        {
            "url": "https://x",
            "thumbnailUrl": "https://x",
            "width": 12.0,
            "guidance": 3.5,
            "list": [{"url": "x", "text": "see https://cdn/x?Signature=abc now"}],
            "prompt": "a sign with https://example.com on it",
        }
    ) == {
        "width": 12,
        "guidance": 3.5,
        "list": [{"text": "see [address removed] now"}],
        "prompt": "a sign with https://example.com on it",
    }


def test_half_a_character_does_not_end_the_export(tmp_path: Path) -> None:
    with LineFolder(tmp_path, "assets", {}) as folder:
        folder.add({"id": "asset_1", "prompt": "half \ud83d"}, is_own=True)
        folder.merge(is_complete=True)
    assert lines(tmp_path) == [{"id": "asset_1", "prompt": "half ?"}]


def test_an_own_folder_is_read_to_its_end_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(background, "FIRST_WAIT_SECONDS", 0)
    asked = threading.Event()
    progress = BackgroundIngest.progress

    def asked_for_progress(ingest: BackgroundIngest) -> tuple[float, str] | None:
        asked.set()
        return progress(ingest)

    def index_late(*arguments: Any) -> IngestReport:
        assert asked.wait(30)
        return index_folder(*arguments)

    monkeypatch.setattr(BackgroundIngest, "progress", asked_for_progress)
    monkeypatch.setattr(background, "index_folder", index_late)
    for number in range(3):
        draw(tmp_path / f"art/{number}.png")
    settings = Settings(upstream=Sandbox((str(tmp_path / "art"),)))
    console, request = Console(file=io.StringIO(), width=200), ExportRequest(("assets",), with_pictures=False)
    code = exporter.run(tmp_path / "out", request, settings, console=console, sleep=at_once, opened=session.opened)
    assert code == 0
    assert len(lines(tmp_path / "out")) == 3


def test_the_names_of_collections_are_saved_beside_those_of_other_exports(tmp_path: Path, account: Account) -> None:
    (tmp_path / "collections.jsonl").write_text('{"id": "col_1", "name": "Old"}\n{"id": "col_0", "name": "Other"}\n')
    listed = [{"id": "col_1", "name": "Castle set"}, {"id": "col_2", "name": "see https://cdn.x/a?Signature=q"}]
    account.collections = httpx.Response(200, json={"collections": listed})
    request = ExportRequest(resource_types=("assets",), most=1, with_pictures=False)
    assert save(tmp_path, request, Settings())[0] == 0
    assert lines(tmp_path, "collections") == [
        {"id": "col_0", "name": "Other"},
        {"id": "col_1", "name": "Castle set"},
        {"id": "col_2", "name": "see [address removed]"},
    ]


def test_names_of_collections_that_cannot_be_read_are_no_failure(tmp_path: Path, account: Account) -> None:
    account.collections = httpx.Response(403)
    request = ExportRequest(resource_types=("assets",), most=1, with_pictures=False)
    code, said = save(tmp_path, request, Settings())
    assert code == 0
    assert "The names of the collections could not be read.\n" in said
    assert not (tmp_path / "collections.jsonl").exists()
