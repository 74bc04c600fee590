"""Descriptors of pictures and their distances."""

import pytest
from PIL import Image, ImageDraw

from scenario_mcp.imaging.errors import BadPicture
from scenario_mcp.sandbox.similarity.visual.descriptor import (
    SIZE,
    Descriptors,
    describe,
    describe_picture,
)
from tests.support.look_pictures import DRAWN, draw, encode


def far(one: Image.Image, other: Image.Image) -> float:
    return Descriptors([describe_picture(one)]).distances(describe_picture(other)).features[0]


def test_a_descriptor_has_one_size_and_is_nothing_away_from_itself() -> None:
    made = [describe_picture(picture) for picture in DRAWN.values()]
    assert {len(look) for look in made} == {SIZE}
    distances = Descriptors(made).distances(made[0])
    ways = (distances.features, distances.mood, distances.shape, distances.manner)
    assert [each[0] for each in ways] == [0.0] * 4
    assert all(each[0] < each[1] < each[2] for each in ways)


def test_no_pictures_are_no_distances() -> None:
    distances = Descriptors([]).distances(bytes(SIZE))
    assert [distances.features, distances.mood, distances.shape, distances.manner] == [[], [], [], []]


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1"])
def test_a_picture_of_any_mode_is_described(mode: str) -> None:
    drawn = draw("white", "black")
    assert far(drawn.convert(mode), drawn) < 0.05


def test_transparent_parts_count_as_grey() -> None:
    clear = Image.new("RGBA", (64, 48), (255, 0, 0, 0))
    assert far(clear, Image.new("RGB", (64, 48), (128, 128, 128))) < 0.001


def test_faint_lines_are_the_same_shapes_as_strong_ones() -> None:
    strong, faint, other = draw("white", "black"), draw("white", "silver"), Image.new("RGB", (64, 48), "white")
    ImageDraw.Draw(other).line((0, 47, 63, 0), fill="black", width=5)
    shapes = Descriptors([describe_picture(faint), describe_picture(other)]).distances(describe_picture(strong)).shape
    assert shapes[0] < 0.1
    assert shapes[1] > 0.5


def test_a_moving_picture_is_described_by_its_first_frame() -> None:
    moving = encode(DRAWN["red"], "gif", save_all=True, append_images=[DRAWN["night"]])
    assert Descriptors([describe(moving)]).distances(describe_picture(DRAWN["red"])).features[0] < 0.05


def test_what_is_no_picture_or_too_large_is_not_described() -> None:
    picture = encode(DRAWN["red"])
    postscript = encode(DRAWN["red"], "eps")
    for content, most in ((b"", 10**6), (picture[:60], 10**6), (postscript, 10**6), (picture, 64 * 48 - 1)):
        with pytest.raises(BadPicture):
            describe(content, most)
    assert len(describe(picture, 64 * 48)) == SIZE
