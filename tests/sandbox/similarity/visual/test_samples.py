"""The descriptors of the samples that are shipped."""

import hashlib
from importlib import resources

from scenario_mcp.sandbox.catalogue import LOOK_FEATURE
from scenario_mcp.sandbox.similarity.visual import samples
from scenario_mcp.sandbox.similarity.visual.descriptor import (
    Descriptors,
    describe,
)
from tests.support.look_pictures import PICTURES


def test_the_descriptors_that_are_shipped_are_those_of_the_samples() -> None:
    shipped = samples.from_bytes(
        (resources.files("scenario_mcp.sandbox.similarity.visual") / samples.FILE).read_bytes()
    )
    digests = {hashlib.blake2b(content, digest_size=8).digest(): content for content in PICTURES.values()}
    assert shipped.keys() == digests.keys(), "run `python -m scripts.looks`"
    # Decoders of different versions of Pillow may differ in the last bit.
    far = [Descriptors([look]).distances(describe(digests[digest])) for digest, look in shipped.items()]
    assert max(max(*distances.features, *distances.mood, *distances.shape) for distances in far) < 0.01


def test_descriptors_of_another_version_are_not_used() -> None:
    content = next(iter(PICTURES.values()))
    written = samples.to_bytes([content])
    assert list(samples.from_bytes(written).values()) == [describe(content)]
    assert samples.from_bytes(written.replace(LOOK_FEATURE.encode(), b"look-0")) == {}
