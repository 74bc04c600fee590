"""The settings that a program asks its user for when it installs a bundle, or an entry of the MCP registry."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Question:
    """One setting; everything may be left empty, since the server then says what is missing."""

    key: str
    variable: str
    title: str
    description: str
    kind: Literal["string", "boolean", "directory"] = "string"
    is_secret: bool = False


QUESTIONS = (
    Question(
        "api_key",
        "SCENARIO_SDK_API_KEY",
        "API key",
        "API key of your Scenario project. Leave it empty to search the samples or a folder.",
        is_secret=True,
    ),
    Question(
        "api_secret", "SCENARIO_SDK_API_SECRET", "API secret", "The secret that belongs to the key.", is_secret=True
    ),
    Question(
        "project_id",
        "SCENARIO_PROJECT_ID",
        "Project id",
        "Project to search. Leave it empty for the key's own project.",
    ),
    Question(
        "sandbox",
        "SCENARIO_MCP_SANDBOX",
        "Search the samples",
        "Search the built-in sample catalogue instead of Scenario. No account needed.",
        "boolean",
    ),
    Question(
        "catalogue",
        "SCENARIO_MCP_CATALOGUE",
        "Folder to search",
        "Search this folder of pictures instead of Scenario. No account needed.",
        "directory",
    ),
    Question(
        "image_folder",
        "SCENARIO_MCP_IMAGE_FOLDERS",
        "Folder of reference pictures",
        "Pictures in this folder may be given to a search by their paths.",
        "directory",
    ),
)
