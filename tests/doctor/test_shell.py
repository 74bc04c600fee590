"""Lines to type."""

from scenario_mcp.doctor.shell import Shell


def test_lines_are_those_of_the_systems_shell() -> None:
    linux, windows = Shell("linux", ("/opt/my tools/scenario-mcp",)), Shell("windows", (r"C:\my tools\scenario-mcp",))
    assert linux.own("install", "cursor") == "'/opt/my tools/scenario-mcp' install cursor"
    assert windows.own("install", "cursor") == r"& 'C:\my tools\scenario-mcp' install cursor"
    assert Shell("windows").own("doctor") == "scenario-mcp doctor"
    assert (linux.delete("/a b"), windows.delete(r"C:\a's")) == ("rm '/a b'", r"Remove-Item 'C:\a''s'")
    assert (linux.set_variable("A", "b c"), windows.set_variable("A", "b c")) == ("export A='b c'", "$env:A = 'b c'")
    assert (linux.remove_variable("A"), windows.remove_variable("A")) == ("unset A", "Remove-Item Env:A")
