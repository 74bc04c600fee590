"""Sets of numbers as integers."""

from scenario_mcp.sandbox.engine import bitsets


def test_a_set_of_numbers_gives_them_back_in_order() -> None:
    for numbers in ([], [0], [7, 8, 300, 8], list(range(40, 0, -3)), [5000, *range(4000)]):
        bits = bitsets.from_numbers(numbers)
        assert list(bitsets.numbers_in(bits)) == sorted(set(numbers))
        for count in (1, 8, 301, 6000):
            assert list(bitsets.flags(bits, count)) == [int(number in set(numbers)) for number in range(count)]
    assert bitsets.without(0b1110, 0b0111) == 0b1000
