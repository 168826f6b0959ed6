"""Who may do what with the vault: the whole table, so that a change of it is seen."""

import pytest

from domain.errors import NotAllowed
from domain.roles import MAY, Act, Actor, Role, require

VAULT = {Act.VAULT, Act.REVEAL, Act.KEEP, Act.EXPORT}


@pytest.mark.parametrize(
    ("role", "acts"),
    [(Role.ADMIN, VAULT), (Role.TECHNICIAN, VAULT - {Act.EXPORT}), (Role.VIEWER, set()), (Role.CLIENT, set())],
)
def test_what_each_role_may_do_with_the_vault(role: Role, acts: set[Act]) -> None:
    assert VAULT & MAY[role] == acts


def test_importing_is_asked_for_apart_from_reading() -> None:
    assert Act.IMPORT not in VAULT
    with pytest.raises(NotAllowed, match="reveal passwords"):
        require(Actor("U1", "Vera", Role.VIEWER), Act.REVEAL)


def test_only_an_admin_removes_a_company() -> None:
    assert [role for role in Role if Act.REMOVE in MAY[role]] == [Role.ADMIN]


def test_nobody_without_a_role_may_anything() -> None:
    assert not any(Actor("U1", "Guest", None).may(act) for act in Act)
