"""Who somebody is and what he may do."""

from tests.cast import Cast


def test_the_cast_acts_in_its_units(cast: Cast) -> None:
    assert cast.zhao.actor.grants[0].own_only
    assert cast.mallory.actor.grants == ()
