"""Display groups and templates come back as they were kept."""

from domain.display_group import DisplayGroup, TicketField, TicketTemplate
from domain.roles import Role
from flows import display_groups
from storage.store import Store

GROUP = DisplayGroup("g", "Clients", "autotask", frozenset({Role.CLIENT}), frozenset({TicketField.TITLE}), frozenset({"7"}))


def test_a_group_is_kept_changed_and_dropped(store: Store) -> None:
    with store.write() as work:
        display_groups.keep(work, GROUP)
        assert display_groups.groups(work) == (GROUP,)
        free = DisplayGroup("g", "All", "autotask", frozenset({Role.CLIENT}), frozenset(), None)
        display_groups.keep(work, free)
        assert display_groups.groups(work) == (free,)
        assert display_groups.rules(work, "autotask", Role.CLIENT).name == "All"
        display_groups.drop(work, "g")
        assert display_groups.groups(work) == ()


def test_templates_come_by_name_and_for_their_psa(store: Store) -> None:
    with store.write() as work:
        for template_id, name, source in (("1", "printer", "autotask"), ("2", "Leaver", "autotask"), ("3", "X", "other")):
            display_groups.keep_template(work, TicketTemplate(template_id, name, source, "Title", "", {"queue": "8"}))
        display_groups.drop_template(work, "404")
        assert [each.name for each in display_groups.templates(work, "autotask")] == ["Leaver", "printer"]
