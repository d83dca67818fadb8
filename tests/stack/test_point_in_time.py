"""PostgreSQL's archive brings the database back to a chosen second."""

from drill.point_in_time import go_back


def test_the_rows_are_exactly_those_that_were_committed_by_the_chosen_second() -> None:
    back = go_back()

    assert back.after == back.wanted
    assert 0 < len(back.wanted) < len(back.before)
