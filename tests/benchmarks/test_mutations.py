from benchmarks.mutations import MUTATIONS, file_of, stale


def test_each_guard_stands_where_its_mutation_takes_it_out() -> None:
    assert stale() == []


def test_each_guard_has_one_test_that_is_to_notice() -> None:
    assert all(file_of(each.test).exists() for each in MUTATIONS)
