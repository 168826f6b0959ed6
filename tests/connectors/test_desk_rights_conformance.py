"""The same questions to every PSA's preflight."""

from domain.psa import Feature, HasRights, Held
from tests.connectors.conformance import FakeTime
from tests.connectors.desks import Desk


def test_with_every_right_nothing_is_missing_or_cut(desk: Desk, time: FakeTime) -> None:
    for number in range(3):
        desk.companies.append(desk.company(number))
        desk.add_ticket(number + 1)
    source = desk.open(time)
    assert isinstance(source, HasRights)
    found = source.rights(desk.features)
    assert {right.held for right in found} <= {Held.FOUND, Held.UNSEEN, Held.EXCESS}
    assert {feature for right in found for feature in right.needed_for} == desk.features
    assert all(right.name and right.path for right in found)
    assert all(right.said for right in found if right.held is not Held.FOUND)


def test_a_missing_right_is_named_with_what_needs_it(desk: Desk, time: FakeTime) -> None:
    desk.close_object(desk.closed_list)
    missing = [right for right in desk.open(time).rights(desk.features) if right.held is Held.MISSING]
    assert missing
    assert {feature for right in missing for feature in right.needed_for} == {desk.closed_feature}


def test_only_what_is_switched_on_is_asked_for(desk: Desk, time: FakeTime) -> None:
    """A closed object is no fault as long as nothing needs it."""
    desk.close_object(desk.closed_list)
    found = desk.open(time).rights(frozenset({Feature.COMPANIES}))
    assert Held.MISSING not in {right.held for right in found}
    assert Feature.COMPANIES in {feature for right in found for feature in right.needed_for}


def test_what_goes_beyond_the_features_is_listed(desk: Desk, time: FakeTime) -> None:
    def beyond(*features: Feature) -> set[str]:
        found = desk.open(time).rights(frozenset(features))
        return {right.name for right in found if right.held is Held.EXCESS and not right.needed_for}

    if not desk.sees_excess:
        assert beyond(*Feature) == set()
        return
    little, much = beyond(Feature.COMPANIES), beyond(*Feature)
    assert little - much
    assert not any("To-do" in name and "View" in name for name in much)
