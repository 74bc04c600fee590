"""What signed origins and XMP tell of services."""

import pytest

from scenario_mcp.sandbox.own_catalogue.generators.parameters import GenerationParameters
from scenario_mcp.sandbox.own_catalogue.generators.reading import read_generation_parameters
from scenario_mcp.sandbox.own_catalogue.notes.note import Note

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def read(*notes: tuple[str, str, str]) -> GenerationParameters:
    return read_generation_parameters(Note(*note) for note in notes)


@pytest.mark.parametrize(
    ("notes", "generator", "models"),
    [
        (
            (
                ("c2pa", "softwareAgent", "GPT-4o"),
                ("c2pa", "claim_generator_info", "ChatGPT"),
                ("c2pa", "digitalSourceType", GENERATED),
            ),
            "GPT-4o",
            ("GPT-4o",),
        ),
        ((("c2pa", "claim_generator", "Adobe_Firefly/1.0 c2pa-rs/0.31"),), "Adobe Firefly", ("Adobe Firefly",)),
        (
            (("c2pa", "softwareAgent", "New Painter/2.1"), ("c2pa", "digitalSourceType", GENERATED)),
            "New Painter",
            ("New Painter",),
        ),
        (
            (("xmp", "photoshop:Credit", "Made with Google AI"), ("xmp", "Iptc4xmpExt:DigitalSourceType", GENERATED)),
            "Made with Google AI",
            (),
        ),
        ((("c2pa", "claim_generator", "Leica M11-P/2.0"),), "", ()),
        ((("c2pa", "claim_generator", "Adobe_Photoshop/25.0"), ("exif", "Software", "Adobe Photoshop")), "", ()),
    ],
)
def test_services_are_told_by_what_they_sign(
    notes: tuple[tuple[str, str, str], ...], generator: str, models: tuple[str, ...]
) -> None:
    assert read(*notes) == GenerationParameters(generator=generator, models=models)


def test_the_prompt_that_xmp_tells_is_read() -> None:
    notes = (("xmp", "Iptc4xmpExt:AIPromptInformation", "an owl"), ("xmp", "Iptc4xmpExt:AISystemUsed", "Painter 3"))
    assert read(*notes) == GenerationParameters(prompt="an owl", models=("Painter 3",))


def test_a_prompt_that_a_manifest_tells_is_read() -> None:
    assert read(("c2pa", "com.service.prompt", "an owl"), ("c2pa", "softwareAgent", "Firefly")).prompt == "an owl"
