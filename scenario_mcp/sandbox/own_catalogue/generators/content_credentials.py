"""What signed origins (C2PA) and XMP tell of pictures made by a service: which program, which model, the prompt.

Sources: C2PA 2.1 (`claim_generator`, `softwareAgent`, `digitalSourceType`), IPTC Photo Metadata 2025.1 (`AISystemUsed`,
`AIPromptInformation`).
"""

import re
from collections.abc import Mapping

from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.values import MAX_WORD_CHARACTERS, model_names, prompt_of, word_of

_GENERATED = ("trainedalgorithmicmedia", "compositesynthetic")
"""Ends of the `digitalSourceType` of what a model made."""
_SERVICES = re.compile(
    r"(?i)dall|gpt|firefly|imagen|gemini|google ai|nano.?banana|sora|flux|ideogram|designer|bing|midjourney|stable"
    r"|leonardo|recraft|openai|grok|krea|runway|luma|kling|adobe express|novelai|draw things"
)
"""Names in the agents of services, for manifests that leave out what kind of source it is."""
_VERSION_BEHIND = re.compile(r"[/ ]v?\d[\w.+-]*(?: .*)?\Z")
_MAX_AGENT_CHARACTERS = 1_000
_AGENTS = ("softwareagent", "softwareagentname", "claimgeneratorinfo", "claimgeneratorinfoname", "claimgenerator")
TELLING_NAMES = frozenset({*_AGENTS, "aisystemused", "credit", "software", "creatortool", "aipromptinformation"})


def read_credentials(named: Mapping[str, str]) -> GenerationParameters:
    """Read texts by their plain names: those of a manifest, of XMP and of EXIF."""
    sources = named.get("digitalsourcetype", "").lower()
    agents = [agent for name in _AGENTS if (agent := _agent(named.get(name, "")))]
    system = named.get("aisystemused", "")
    is_generated = bool(system) or any(kind in sources for kind in _GENERATED)
    services = agents if is_generated else [agent for agent in agents if _SERVICES.search(agent)]
    credit = named.get("credit", "")
    programs = [*services, *(text for text in (credit, named.get("software", ""), named.get("creatortool", ""))
                             if _SERVICES.search(text))]  # fmt: skip
    return GenerationParameters(
        generator=word_of(programs[0]) if programs else "",
        prompt=next((prompt for name, text in named.items() if "prompt" in name and (prompt := prompt_of(text))), ""),
        models=model_names((system or (services[0] if services else ""),)),
    )


def _agent(text: str) -> str:
    """Return a program's name without its version; the first of several."""
    name = text[:_MAX_AGENT_CHARACTERS].replace("_", " ").strip()
    return _VERSION_BEHIND.sub("", name)[:MAX_WORD_CHARACTERS]
