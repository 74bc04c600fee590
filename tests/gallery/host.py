"""A host of MCP Apps in headless Chromium: the official host side in front of a real server, and nothing but them.

No request leaves the browser: each is answered here, and those to unknown places are refused and kept in `strays`.
"""

import asyncio
import base64
import json
import re
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Frame, Locator, Page, Playwright, Route, async_playwright

HERE = Path(__file__).parent
PAGE_URI = "ui://scenario/gallery.html"
HOST = "https://host.test/"
PAGE = "https://page.test/"
CDN = "https://cdn.cloud.scenario.com"
HOST_HTML = """<!doctype html><html lang="en"><title>host</title>
<body style="margin:0"><iframe title="gallery" style="border:0;display:block;width:100%;height:300px"></iframe>
<script type="module" src="/host.js"></script></body></html>"""
CAPABILITIES: dict[str, Any] = {"openLinks": {}, "serverTools": {}, "serverResources": {}}
WAIT_MS = 15_000
LISTENING = """window.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
    violations.push(`${violatedDirective} ${blockedURI}`));
"""

Message = dict[str, Any]
Fake = Callable[[Message], Awaitable[Message | None] | Message | None]
"""A method's parameters to its result; None lets the server answer."""


class Refusal(Exception):
    """Raised by a fake: the server answers with a protocol error."""


class Server:
    """A server process that speaks MCP over stdio; answers find their requests by id."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[Any, asyncio.Future[Message]] = {}
        self._listener = asyncio.create_task(self._listen())

    async def exchange(self, message: Message) -> Message | None:
        """Send a message; return the answer to a request."""
        stdin = self._process.stdin
        assert stdin
        answer = asyncio.get_running_loop().create_future()
        if "id" in message:
            self._waiting[message["id"]] = answer
        stdin.write(json.dumps(message).encode() + b"\n")
        return await asyncio.wait_for(answer, WAIT_MS / 1000) if "id" in message else None

    async def _listen(self) -> None:
        assert self._process.stdout
        async for line in self._process.stdout:
            answer = json.loads(line)
            if waiting := self._waiting.pop(answer.get("id"), None):
                waiting.set_result(answer)

    async def close(self) -> None:
        """End the input, and with it the process."""
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), WAIT_MS / 1000)
        await self._listener


@asynccontextmanager
async def open_server() -> AsyncIterator[Server]:
    """Start the real server over its sandbox."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "scenario_mcp",
        "--sandbox",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,  # a picture is one line
    )
    server = Server(process)
    try:
        yield server
    finally:
        await server.close()


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start the system's Chromium, which can resolve no name."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "Chromium is missing. README.md beside this file says how to install what these tests need."
    playwright: Playwright
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=["--host-resolver-rules=MAP * ~NOTFOUND", "--force-color-profile=srgb"]
        )
        yield browser
        await browser.close()


class Host:
    """One host page with the gallery in its iframe.

    `fakes` answer methods in the server's place, `cdn` holds what the picture host has under each path, `hanging`
    the paths that it never answers.
    """

    def __init__(self, context: BrowserContext, page: Page, server: Server) -> None:
        self.context = context
        self.page = page
        self._server = server
        self.html = ""
        self._frame_csp = ""
        self.fakes: dict[str, Fake] = {}
        self.cdn_at = CDN
        self.cdn: dict[str, bytes] = {}
        self.hanging: set[str] = set()
        self.asked: list[tuple[str, Message]] = []
        self.fetched: list[str] = []
        self.strays: list[str] = []
        self.dialogs: list[str] = []
        self.mistakes: list[str] = []

    async def start(self) -> None:
        """Load the host page and connect it to the server."""
        await self.context.route("**/*", self._answer)
        await self.context.add_init_script(LISTENING)
        await self.page.expose_function("exchange", self._exchange)
        self.page.on("pageerror", lambda error: self.mistakes.append(str(error)))
        self.page.on("dialog", self._dismiss)
        await self.page.goto(HOST)
        self.tools = await self.page.evaluate("connect()")
        await self._load_resource()

    async def _load_resource(self) -> None:
        result = await self.page.evaluate("uri => client.readResource({uri})", PAGE_URI)
        (contents,) = result["contents"]
        domains = contents["_meta"]["ui"]["csp"]["resourceDomains"]
        self.domains: list[str] = domains
        self.html = contents["text"]
        self._frame_csp = csp(domains)

    async def _answer(self, route: Route) -> None:
        url = route.request.url
        if url == HOST:
            await route.fulfill(body=HOST_HTML, content_type="text/html")
        elif url == f"{HOST}host.js":
            await route.fulfill(path=HERE / "node_modules" / "host.js", content_type="text/javascript")
        elif url == PAGE:
            headers = {"content-security-policy": self._frame_csp}
            await route.fulfill(body=self.html, content_type="text/html; charset=utf-8", headers=headers)
        elif url.startswith(f"{self.cdn_at}/"):
            path = url.removeprefix(self.cdn_at)
            self.fetched.append(path)
            if path in self.cdn:
                await route.fulfill(body=self.cdn[path], content_type="image/png")
            elif path not in self.hanging:
                await route.fulfill(status=403, body="expired")
        else:
            self.strays.append(url)
            await route.abort()

    async def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        await dialog.dismiss()

    async def _exchange(self, message: Message) -> Message | None:
        method, params = message.get("method", ""), message.get("params") or {}
        self.asked.append((method, params))
        if method in self.fakes:
            try:
                given = self.fakes[method](params)
                result = await given if isinstance(given, Awaitable) else given
            except Refusal as refusal:
                return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32603, "message": str(refusal)}}
            if result is not None:
                return {"jsonrpc": "2.0", "id": message["id"], "result": result}
        return await self._server.exchange(message)

    async def open(
        self,
        tool: str | None = "search_assets",
        capabilities: Message = CAPABILITIES,
        context: Message | None = None,
        domains: Sequence[str] | None = (),
        allow: str | None = None,
    ) -> None:
        """Show the gallery; `domains` replaces those that the resource asks for, None is a host without a policy."""
        if domains is None:
            self._frame_csp = "connect-src 'none'"
        elif domains:
            self.domains = list(domains)
            self._frame_csp = csp(domains)
        found = next((published for published in self.tools if published["name"] == tool), None)
        options = {"url": PAGE, "tool": found, "capabilities": capabilities, "context": context or {}, "allow": allow}
        await self.page.evaluate("options => open(options)", options)

    def allow_pictures_from(self, source: str) -> None:
        """Give the page the policy that it has from a server with this picture host."""
        self.html = re.sub(r"img-src data: [^;]*", f"img-src data: {source}", self.html, count=1)

    def with_sandbox(self, domains: Sequence[str] = ()) -> Message:
        """Return capabilities that name the approved domains, those that the resource asks for unless given."""
        return CAPABILITIES | {"sandbox": {"csp": {"resourceDomains": [*(domains or self.domains)]}}}

    async def call(self, name: str, **arguments: Any) -> Message:
        """Call the tool as the host does, and hand its result to the gallery."""
        result: Message = await self.page.evaluate("([name, args]) => call(name, args)", [name, arguments])
        return result

    async def ask(self, name: str, **arguments: Any) -> Message:
        """Call the tool without showing its result."""
        call = "([name, args]) => client.callTool({name, arguments: args})"
        result: Message = await self.page.evaluate(call, [name, arguments])
        return result

    async def deliver(self, result: Message, arguments: Message | None = None) -> None:
        """Hand a made-up result to the gallery."""
        await self.page.evaluate("([result, args]) => deliver(result, args)", [result, arguments or {}])

    async def log(self) -> Message:
        """Return what the host noted: `links` asked for, `sizes`, `errors`."""
        log: Message = await self.page.evaluate("log")
        return log

    async def change_context(self, **context: Any) -> None:
        """Tell the gallery what changed around it."""
        await self.page.evaluate("context => bridge.sendHostContextChange(context)", context)

    @property
    def frame(self) -> Frame:
        """The gallery's frame."""
        return self.page.frames[1]

    def assert_clean(self) -> None:
        """Fail if anything was requested from unknown places, a dialog came up, or a script made a mistake."""
        assert (self.strays, self.dialogs, self.mistakes) == ([], [], [])

    async def violations(self) -> list[str]:
        """Return what the page's policy had to stop."""
        stopped: list[str] = await self.frame.evaluate("violations")
        return stopped

    async def wait_for(self, condition: str) -> None:
        """Wait until a JavaScript expression holds in the gallery."""
        # A bare expression would need eval, which the policy stops.
        await self.frame.wait_for_function(f"() => {condition}")

    def find(self, selector: str) -> Locator:
        """Find elements in the gallery."""
        return self.frame.locator(selector)

    def button(self, name: str) -> Locator:
        """Find the visible button that is called exactly so."""
        return self.frame.get_by_role("button", name=name, exact=True)

    def reads(self) -> list[str]:
        """Return the resources read so far, the page itself left out."""
        return [params["uri"] for method, params in self.asked if method == "resources/read"][1:]

    def calls(self) -> list[Message]:
        """Return the tool calls so far as name and arguments."""
        return [
            {"name": params["name"], "arguments": params["arguments"]}
            for method, params in self.asked
            if method == "tools/call"
        ]


def csp(domains: Sequence[str]) -> str:
    """Build the policy that a strict host derives from the resource's domains."""
    sources = " ".join(dict.fromkeys(["data:", *domains]))
    return (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        f"img-src {sources}; connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def blob(data: bytes, mime_type: str = "image/png") -> Message:
    """Build the result of a `resources/read` that holds a picture."""
    contents = {"uri": "scenario://", "mimeType": mime_type, "blob": base64.b64encode(data).decode()}
    return {"contents": [contents]}


@asynccontextmanager
async def open_host(browser: Browser, server: Server, width: int = 720, **options: Any) -> AsyncIterator[Host]:
    """Open a host page of this width in front of the server."""
    context = await browser.new_context(viewport={"width": width, "height": 700}, **options)
    context.set_default_timeout(WAIT_MS)
    try:
        host = Host(context, await context.new_page(), server)
        await host.start()
        yield host
    finally:
        await context.close()
