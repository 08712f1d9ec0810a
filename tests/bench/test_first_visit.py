from bench.first_visit import Visit, _summary, percentile, table


def test_the_paint_is_the_75th_percentile_and_the_rest_the_worst_of_all_visits():
    visits = [
        Visit(requests=7 + number, bytes={"html": 1000 * number, "font": 500}, paint=100.0 * number, shift=number / 100)
        for number in (4, 1, 3, 2)
    ]
    row = _summary(visits)
    assert (row["paint"], row["requests"], row["total"], row["shift"]) == (300, 11, 4500, 0.04)
    [heads, line] = table({"home, en": row}).splitlines()
    assert heads.split()[:2] == ["page", "requests"]
    assert line.split() == ["home,", "en", "11", "4.0", "0.0", "0.0", "0.5", "0.0", "4.5", "300", "0.040"]


def test_a_percentile_is_a_value_that_was_seen():
    assert [percentile([5, 1, 9], share) for share in (0.0, 0.5, 0.75, 1.0)] == [1, 5, 9, 9]
