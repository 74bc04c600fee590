"""Names of collections and models in a filter are found, and ids take their place."""

import pytest

from scenario_mcp.api.filter_fields import ASSET_FILTER_FIELDS, MODEL_FILTER_FIELDS
from scenario_mcp.filters import Filter, parse
from scenario_mcp.filters.field_types import FilterFields


def parsed(text: str, fields: FilterFields = ASSET_FILTER_FIELDS) -> Filter:
    found = parse(text, fields)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("kind = image", ()),
        ("modelId = model_51lKho3vRpxC118ervbNgO", ()),
        ('modelId = "Pixel Quest"', (("modelId", "Pixel Quest"),)),
        ("modelId = 51lKho3vRpxC118ervbNgO", (("modelId", "51lKho3vRpxC118ervbNgO"),)),
        (
            'collectionIds IN [Castles, "Old Towns", collection_a] AND NOT baseModelId != flux',
            (("collectionIds", "Castles"), ("collectionIds", "Old Towns"), ("baseModelId", "flux")),
        ),
        ("tags = knight OR authorId = anna OR modelId EXISTS", ()),
    ],
)
def test_a_value_that_does_not_begin_as_an_id_may_be_a_name(text: str, names: tuple[tuple[str, str], ...]) -> None:
    assert parsed(text).names == names


def test_names_of_models_stand_for_parents_and_concepts() -> None:
    found = parsed('parentModelId = "Qwen Image" OR concepts = Ink', MODEL_FILTER_FIELDS)
    assert found.names == (("parentModelId", "Qwen Image"), ("concepts", "Ink"))


def test_ids_take_the_place_of_names_wherever_they_stand() -> None:
    found = parsed('kind = image AND (collectionIds IN ["Old Towns", collection_B] OR modelId != "Pixel Quest")')
    named = found.with_names(
        {("collectionIds", "Old Towns"): "collection_A", ("modelId", "Pixel Quest"): "model_vh5usoTlfsE3"}
    )
    assert named.text == (
        "kind = image AND (collectionIds IN [collection_a, collection_b] OR modelId != model_vh5usoTlfsE3)"
    )
    assert named.names == ()


def test_a_name_without_an_id_stays() -> None:
    found = parsed('modelId = "Pixel Quest" AND baseModelId = Ink')
    named = found.with_names({("modelId", "Pixel Quest"): "model_a"})
    assert (named.text, named.names) == ("modelId = model_a AND baseModelId = Ink", (("baseModelId", "Ink"),))
    assert found.with_names({}) is found
