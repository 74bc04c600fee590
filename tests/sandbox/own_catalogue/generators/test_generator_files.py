"""Every file that a generator writes, in a folder: found by a word of its prompt, by its seed, its model, its LoRA."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from scenario_mcp.sandbox.catalogue import Catalogue
from scenario_mcp.sandbox.engine.indexes import OWN_INDEX_SETTINGS
from scenario_mcp.sandbox.engine.storage import Store
from scenario_mcp.sandbox.own_catalogue.ingest import index_folder
from scenario_mcp.sandbox.search import SearchIndex
from scenario_mcp.sandbox.similarity.visual.catalogue import CatalogueLooks
from tests.support.folders import write
from tests.support.generator_files import FILES
from tests.support.picture_files import PICTURE
from tests.support.recipes import Recipe
from tests.support.sample_search import search

WORDS = (
    "amber",
    "basalt",
    "cobalt",
    "damask",
    "ember",
    "fjord",
    "garnet",
    "hazel",
    "indigo",
    "jasper",
    "kelp",
    "linden",
    "marble",
    "nacre",
    "onyx",
    "pearl",
    "quartz",
)


def recipe_of(number: int) -> Recipe:
    """Return values that no other file has."""
    first, second = WORDS[number % len(WORDS)], WORDS[number // len(WORDS)]
    return Recipe(
        prompt=f"a {first} lighthouse beside {second} cliffs, zq{number:03d}word",
        negative=f"blurry, fog{number:03d}",
        seed=3_000_000_000 + 7919 * number,
        steps=10 + number,
        guidance=2.0 + number / 4,
        sampler="euler",
        model=f"dreamforge{number:03d}_v7",
        lora=f"inkwash{number:03d}_xl",
    )


RECIPES = {name: recipe_of(number) for number, name in enumerate(FILES)}


@dataclass(frozen=True)
class Served:
    """A folder of all files, indexed: its documents by the names of the generators' files, and its search."""

    documents: dict[str, dict[str, Any]]
    index: SearchIndex

    def found(self, **request: Any) -> list[str]:
        """Return the names of the files that a search finds."""
        names = {document["id"]: name for name, document in self.documents.items()}
        return [names[each] for each in search(self.index, limit=100, **request)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("generators")
    for name, each in FILES.items():
        for file in each.write(RECIPES[name], PICTURE):
            write(folder / f"{name}{file.ending}", file.data)
    with Store.open(settings=OWN_INDEX_SETTINGS) as store:
        index_folder(folder, store)
        documents = {str(document["file"]).partition(".")[0]: dict(document) for document in store.documents("assets")}
        catalogue = Catalogue.of_store(store, folder)
        yield Served(documents, SearchIndex(catalogue, "assets", CatalogueLooks(catalogue)))


@pytest.mark.parametrize("name", FILES)
def test_a_file_tells_all_that_its_generator_wrote(served: Served, name: str) -> None:
    file, recipe, document = FILES[name], RECIPES[name], served.documents[name]
    metadata = document["metadata"]
    told = {
        "negative": metadata.get("negativePrompt") == recipe.negative,
        "seed": metadata.get("seed") == str(recipe.seed),
        "steps": metadata.get("numInferenceSteps") == recipe.steps,
        "guidance": metadata.get("guidance") == recipe.guidance,
        "sampler": metadata.get("scheduler") == recipe.sampler,
        "model": file.model_of(recipe) in document["tags"],
        "lora": recipe.lora in document["tags"],
        "prompt": recipe.prompt in metadata.get("prompt", ""),
    }
    assert {part for part, is_told in told.items() if is_told} == file.tells
    assert "description" not in document


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_found_by_each_thing_that_it_tells(served: Served, name: str) -> None:
    file, recipe = FILES[name], RECIPES[name]
    number = list(FILES).index(name)
    assert served.found(query=f"zq{number:03d}word")[0] == name
    if "seed" in file.tells:
        assert served.found(query=str(recipe.seed))[0] == name
        assert served.found(filter=f"seed = {recipe.seed}") == [name]
    if "steps" in file.tells:
        assert served.found(filter=f"numInferenceSteps = {recipe.steps}") == [name]
    if "model" in file.tells:
        model = file.model_of(recipe)
        assert name in served.found(query=model)
        assert name in served.found(query=model.partition("_")[0])
        assert name in served.found(filter=f'tags = "{model}"')
    if "lora" in file.tells:
        assert served.found(query=recipe.lora)[0] == name
        assert served.found(query=recipe.lora.partition("_")[0])[0] == name
