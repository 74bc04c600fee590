"""A cache that knows how many bytes it holds."""

from scenario_mcp.sandbox.engine.caches import ByteCache


def test_what_was_not_used_for_longest_goes_when_there_is_no_room() -> None:
    cache: ByteCache[str, int] = ByteCache(3000)
    for number, key in enumerate("abc"):
        assert cache.put(key, number, 700) == number
    assert cache.get("a") == 0
    cache.put("d", 3, 700)
    assert [cache.get(key) for key in "abcd"] == [0, None, 2, 3]


def test_what_is_larger_than_the_cache_is_not_kept_and_leaves_room_for_others() -> None:
    cache: ByteCache[str, int] = ByteCache(1000)
    cache.put("large", 1, 5000)
    cache.put("small", 2, 100)
    assert [cache.get(key) for key in ("large", "small")] == [None, 2]


def test_what_is_put_anew_takes_room_once() -> None:
    cache: ByteCache[str, int] = ByteCache(1000)
    for number in range(100):
        cache.put("same", number, 700)
    assert cache.get("same") == 99
