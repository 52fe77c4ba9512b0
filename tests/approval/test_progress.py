"""How far a sign-off is: the reckoning alone, against a slow model of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from banjie.approval.progress import Progress, Signed, progress
from banjie.rulebook.language import SignoffStep

ROLES = ("boss", "finance", "quality")
_STEP = st.builds(
    SignoffStep,
    by=st.lists(st.sampled_from(ROLES), min_size=1, max_size=3, unique=True),
    need=st.sampled_from(["any", "all", 1, 2, 3]),
)
_SIGNED = st.builds(
    Signed, member=st.integers(1, 4), step=st.integers(0, 2), roles=st.frozensets(st.sampled_from(ROLES), min_size=1), behalf_of=st.none()
)


def reckon(steps: list[SignoffStep], signatures: list[Signed], *, again: bool = False) -> Progress:
    return progress(list(enumerate(steps)), signatures, again=again, holders=lambda _roles: frozenset())


def through(step: SignoffStep, signatures: list[Signed]) -> bool:
    """Tell, the slow way, whether signatures satisfy a step."""
    able = [s for s in signatures if s.roles & set(step.by)]
    if step.need == "any":
        return bool(able)
    if step.need == "all":
        return all(any(role in s.roles for s in able) for role in step.by)
    assert isinstance(step.need, int)
    return len({s.member for s in able}) >= step.need


@given(st.lists(_STEP, min_size=1, max_size=3), st.lists(_SIGNED, max_size=6), st.booleans())
def test_a_sign_off_stands_at_its_first_step_that_lacks_a_signature(
    steps: list[SignoffStep], signatures: list[Signed], again: bool
) -> None:
    lacking = [
        place
        for place, step in enumerate(steps)
        if not through(step, [s for s in signatures if s.step == place or (s.step < place and not again)])
    ]

    assert reckon(steps, signatures, again=again).step == (lacking[0] if lacking else None)


@given(st.lists(_STEP, min_size=1, max_size=3), st.lists(_SIGNED, max_size=6), _SIGNED)
def test_one_signature_more_never_takes_a_sign_off_back(steps: list[SignoffStep], signatures: list[Signed], more: Signed) -> None:
    before, after = reckon(steps, signatures), reckon(steps, [*signatures, more])

    assert after.step is None or (before.step is not None and before.step <= after.step)


def test_an_all_sign_does_not_pass_after_one_vote() -> None:
    step = SignoffStep(by=["boss", "finance", "quality"], need="all")

    assert reckon([step], [Signed(1, 0, frozenset({"boss"}))]) == Progress(
        0, frozenset({"finance", "quality"}), 2, frozenset({1}), frozenset({1})
    )


def test_a_number_counts_different_hands_also_where_one_signs_for_another() -> None:
    step = SignoffStep(by=["boss"], need=2)
    both = [Signed(1, 0, frozenset({"boss"})), Signed(1, 0, frozenset({"boss"}), behalf_of=2)]

    assert reckon([step], both).missing == 1
    assert reckon([step], [both[0], Signed(3, 0, frozenset({"boss"}))]).done


def test_everyone_means_each_present_holder_be_it_by_his_deputy() -> None:
    steps = [(0, SignoffStep(by=["boss"], need="everyone"))]
    mine, for_second = Signed(1, 0, frozenset({"boss"})), Signed(9, 0, frozenset({"boss"}), behalf_of=2)

    def left(*signed: Signed, holders: set[int]) -> int:
        return progress(steps, signed, again=False, holders=lambda _roles: frozenset(holders)).missing

    assert left(mine, holders={1, 2}) == 1
    assert left(mine, for_second, holders={1, 2}) == 0
    assert left(mine, holders={1}) == 0  # the second one left
    assert left(holders=set()) == 1  # and nobody at all never counts as signed
