import pytest

from scenario_mcp.api.replies import Asset
from scenario_mcp.rendering.facts import facts


@pytest.mark.promise(number=18)
def test_the_name_of_a_fact_is_one_line_without_hidden_characters() -> None:
    asset = Asset.model_validate({"id": "a", "one\n\u202etwo\x1b\U000e0041": 1})
    assert facts(asset) == '{"id":"a","one two":1}'
