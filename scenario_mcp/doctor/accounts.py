"""Accounts: all credentials by which this server would ask, those of the environment and those in hosts' files."""

from collections.abc import Iterable
from dataclasses import dataclass

from scenario_mcp.doctor.account import Account
from scenario_mcp.doctor.circumstances import Circumstances
from scenario_mcp.doctor.entry_problems import title_of
from scenario_mcp.doctor.finding import Finding, note, skipped, wrong
from scenario_mcp.doctor.host_files import HostEntry
from scenario_mcp.doctor.launching import environment_of, install_again
from scenario_mcp.doctor.own_entry import CONTAINERS, base_name
from scenario_mcp.doctor.setting_names import CREDENTIALS
from scenario_mcp.doctor.settings import read_without_refusals
from scenario_mcp.doctor.values import problem
from scenario_mcp.settings import Live, Settings


@dataclass(frozen=True, slots=True)
class Accounts:
    """What is to be asked, and what is known before."""

    accounts: tuple[Account, ...]
    findings: tuple[Finding, ...]


def find_accounts(of: Circumstances, entries: Iterable[HostEntry]) -> Accounts:
    """Return each account once, the environment's first."""
    accounts: list[Account] = []
    findings: list[Finding] = []
    set_key = of.shell.set_variable(CREDENTIALS[0], "KEY") + "; " + of.shell.set_variable(CREDENTIALS[1], "SECRET")
    if of.settings.credentials.are_given:
        accounts.append(Account(of.settings, "the environment", set_key))
    serving = 0
    for entry in entries:
        if entry.is_off:
            continue
        settings = _settings_of(entry, of)
        if settings is None:
            serving += 1
        elif settings.can_search:
            serving += 1
            if isinstance(settings.upstream, Live) and not any(_is_same(settings, each.settings) for each in accounts):
                accounts.append(Account(settings, f"{entry.host.title} ({entry.name})", install_again(entry, of.shell)))
        elif of.settings.credentials.are_given and not entry.host.has_short_path:
            findings.append(
                note(
                    f"{title_of(entry)}: it has no credentials of its own, and {entry.host.title} may not pass on "
                    "yours",
                    install_again(entry, of.shell),
                )
            )
        else:
            findings.append(
                wrong(
                    f"{title_of(entry)}: it has no credentials, so searches are refused",
                    install_again(entry, of.shell),
                )
            )
    if not of.settings.can_search:
        findings.insert(0, _no_credentials(of, set_key, is_served=serving > 0))
    elif not isinstance(of.settings.upstream, Live) and not accounts:
        findings.append(skipped("No account is needed: the sandbox or a folder of your own is searched"))
    return Accounts(tuple(accounts), tuple(findings))


def _no_credentials(of: Circumstances, set_key: str, *, is_served: bool) -> Finding:
    broken = [name for name in CREDENTIALS if name in of.wrong_names]
    if broken:
        return skipped(f"Scenario is not asked with what {' and '.join(broken)} holds: see the settings")
    if is_served:
        return skipped("No credentials are set in this shell; hosts have their own")
    return wrong(
        "There are no credentials for Scenario",
        f"{set_key}. Without an account: {of.shell.set_variable('SCENARIO_MCP_SANDBOX', '1')}",
    )


def _settings_of(entry: HostEntry, of: Circumstances) -> Settings | None:
    """Return the settings of an entry; None where a person, a keyring or a container would give some of them."""
    environment, is_known = environment_of(entry, of.machine)
    if not is_known:
        return None
    given = {name: value for name, value in environment.items() if not problem(name, value)}
    if given.keys() != environment.keys():
        return None  # told where the entry is
    if {"--sandbox"} & {*entry.arguments} or any(each.startswith("--catalogue") for each in entry.arguments):
        given["SCENARIO_MCP_SANDBOX"] = "1"
    if base_name(entry.command) in CONTAINERS and not set(CREDENTIALS) & given.keys():
        return None
    settings, refusals = read_without_refusals(given)
    return None if refusals else settings


def _is_same(one: Settings, other: Settings) -> bool:
    return one.credentials == other.credentials and one.upstream == other.upstream
