"""Names that are allowed."""

from scenario_mcp.http_server.allow_list import AllowList


def test_a_list_of_names_is_exact_or_for_any_port_or_for_all() -> None:
    names = AllowList(["a.example", "b.example:*", "c.example:80"])
    assert [
        name in names for name in ("a.example", "a.example:80", "b.example:1", "b.example", "c.example:80", "c.example")
    ] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    assert "" not in AllowList([])
    assert "" in AllowList(["*"])


def test_a_scheme_may_have_any_host() -> None:
    names = AllowList(["app://*", "https://a.example"])
    origins = ("app://obsidian.md", "APP://x:1", "app://", "app:", "xapp://a", "https://b.example", "null")
    assert [origin in names for origin in origins] == [True, True, False, False, False, False, False]
