from benchmarks.mutations import MUTATIONS, file_of, stale


def test_each_guard_stands_where_its_mutation_takes_it_out() -> None:
    assert stale() == []


def test_each_guard_has_one_test_that_is_to_notice() -> None:
    assert all(file_of(each.test).exists() for each in MUTATIONS)


def test_each_of_these_tests_carries_the_number_of_its_promise() -> None:
    for each in MUTATIONS:
        before, _, _ = file_of(each.test).read_text("utf-8").partition(f"def {each.test}(")
        decorators = before.rpartition("\n\n\n")[2]
        assert f"@pytest.mark.promise(number={each.promise})" in decorators, each.test
