"""Models are found by their pictures and an unwanted look stays away: in the samples, and in a made-up catalogue."""

from functools import cache

import pytest

from benchmarks.labelled_looks import LabelledLooks
from benchmarks.labelled_pictures import make_pictures
from benchmarks.likeness import Samples, labelled_samples

ENOUGH = 0.95


@cache
def catalogue(name: str) -> LabelledLooks:
    if name == "samples":
        return labelled_samples(Samples())
    return LabelledLooks.of(make_pictures(11, looks=5, subjects=5), 11)


@pytest.mark.parametrize("ratio", [0.0, 1.0])
@pytest.mark.parametrize("name", ["samples", "made up"])
def test_a_model_is_found_by_its_thumbnail(name: str, ratio: float) -> None:
    assert catalogue(name).models_found(ratio, by_thumbnail=True) == 1


@pytest.mark.parametrize("ratio", [0.0, 1.0])
def test_a_model_is_found_by_each_of_its_pictures(ratio: float) -> None:
    assert catalogue("made up").models_found(ratio) == 1


@pytest.mark.parametrize(("likes", "unlikes"), [(1, 1), (2, 2), (0, 1)])
@pytest.mark.parametrize("ratio", [0.0, 1.0])
@pytest.mark.parametrize("name", ["samples", "made up"])
def test_the_look_of_a_picture_to_be_unlike_is_not_among_the_first_three(
    name: str, ratio: float, likes: int, unlikes: int
) -> None:
    kept = catalogue(name).unlike_kept_away(ratio, likes=likes, unlikes=unlikes, tries=40)
    assert kept >= ENOUGH


def test_a_seed_makes_the_same_pictures_again_and_another_seed_others() -> None:
    one, again, other = (make_pictures(seed, looks=2, subjects=1) for seed in (1, 1, 2))
    assert one == again
    assert one != other
