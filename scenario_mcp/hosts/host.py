"""What is known of one host: where it keeps its servers, how an entry looks there, and how it is given secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from scenario_mcp.hosts.documents.editing import Format


class Slot(Enum):
    """A place in an entry's template."""

    NAME = "name of the server"
    COMMAND = "absolute path of the program"
    ARGUMENTS = "its arguments"
    COMMAND_LINE = "program and arguments in one list"
    ENVIRONMENT = "its environment, with secrets that go by no name in another slot"
    SECRET_NAMES = "variables that hold its secrets"  # noqa: S105  # no secret, but the name of one
    PASSED_NAMES = "the same, and those of proxies: a host that passes on nothing else"
    URL = "address of a server over HTTP"
    HEADERS = "headers of its requests"
    TOKEN_NAME = "name of the variable that holds its token"  # noqa: S105  # no token, but the name of one


Template = Mapping[str, object]
LOCAL: Template = {"command": Slot.COMMAND, "args": Slot.ARGUMENTS, "env": Slot.ENVIRONMENT}
LOCAL_STDIO: Template = {"type": "stdio", **LOCAL}
REMOTE: Template = {"url": Slot.URL, "headers": Slot.HEADERS}
REMOTE_HTTP: Template = {"type": "http", **REMOTE}
REMOTE_SERVER_URL: Template = {"serverUrl": Slot.URL, "headers": Slot.HEADERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One host.

    Paths are written with `/`. They begin with a variable in braces (`places.Machine.variables`), or in the project.
    `//` stands behind the folder that exists where the host is installed; without it that is the file's
    own folder. `*` stands for any name.
    """

    name: str
    title: str
    files: tuple[str, ...] = ()
    """The user's files; the first is written where none of them is there yet."""
    windows_files: tuple[str, ...] = ()
    """The same on Windows, where they lie elsewhere."""
    moved_by: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that move the file, with the path that they lead to."""
    writes_all: bool = False
    """Whether each file whose folder exists is read by some edition of the host; else the first one is."""
    signs: tuple[str, ...] = ()
    """What exists where the host is installed, if no folder of its files tells it."""
    programs: tuple[str, ...] = ()
    """Commands that show the same."""
    project_files: tuple[str, ...] = ()
    """Files in a project; the first is written where none of them is there yet."""
    path: tuple[str, ...] = ("mcpServers",)
    """Keys below which the servers stand."""
    inner_key: str = ""
    """A further key that a later version of the host has in between, where the file shows it."""
    format: Format = "JSON with comments"
    local: Template = field(default_factory=lambda: LOCAL)
    remote: Template | None = field(default_factory=lambda: REMOTE)
    no_remote: str = ""
    """What to do where a server over HTTP cannot stand in the file."""
    reference: str = ""
    """How an entry names a variable, called NAME; empty if nothing is expanded in its environment."""
    header_reference: str = ""
    """The same for a host that expands variables in headers alone."""
    link: str = ""
    """A link that adds a server: `links.py` fills its fields."""
    has_short_path: bool = False
    """Whether it looks for programs in fewer folders than the user's shell. Others are started from a shell or ask it:
    VS Code and what is made from it (microsoft/vscode#1033), Zed (zed.dev/docs/environment)."""
    see: str
    """How to see the server at work."""
    source: str = "neondatabase/add-mcp 2.4.0"
    """Where these facts are from: mostly that installer's table, where no vendor's page says otherwise."""

    @property
    def asks_for_secrets(self) -> bool:
        """Whether the host asks for secrets itself, by `inputs` beside the servers (VS Code)."""
        return self.reference.startswith("${input:")

    @property
    def key_of_names(self) -> str:
        """The key of a local entry that lists the names of variables with secrets; empty if it has none."""
        slots = (Slot.SECRET_NAMES, Slot.PASSED_NAMES)
        return next((key for key, value in self.local.items() if value in slots), "")
