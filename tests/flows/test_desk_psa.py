"""What concerns the whole MSP is refused in a channel that is bound to one company, whoever asks there, before anything is done.

The arguments are forged to fit: what matters is that the desk is asked first.
"""

import importlib
import inspect
from typing import Any

import pytest

from domain.company import Company
from domain.errors import NotAllowed
from flows.desk import Desk
from tests.flows.bench import Bench

WHOLE_MSP = (
    "asset_map.connection_for", "asset_map.page", "asset_map.set_type", "asset_map.copy", "asset_map.drop_copy",
    "asset_map.keep_category", "asset_map.merge", "company_filter.count", "doctor.examine",
    "hooks.ask", "mending.turn_on", "mending.auto_import", "mending.unfilter", "preflight.run",
    "psa_lists.refresh", "psa_lists.options", "setup.may", "setup.draft", "setup.note", "setup.prefilled", "setup.test",
    "setup.refuse_untested", "setup.save", "setup_import.read_staff", "setup_import.staff", "setup_import.rows",
    "setup_import.complete", "setup_steps.facts", "setup_steps.keep_sync", "setup_steps.keep_configure",
    "setup_steps.marks", "setup_steps.edited",
    "ticket_clearing.look", "ticket_clearing.clear", "ticket_clearing.perform", "ticket_settings.psas",
    "ticket_settings.read", "ticket_settings.options", "ticket_settings.keep_defaults", "ticket_settings.set_type",
    "ticket_settings.save_group", "ticket_settings.drop_group", "ticket_settings.save_template",
    "ticket_settings.drop_template",
)  # fmt: skip


class Anything:
    """Stands for an argument that must not be looked at."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was looked at before the desk was asked")


@pytest.mark.parametrize("name", WHOLE_MSP)
def test_a_bound_channel_refuses_what_concerns_all_companies(quick: Bench, name: str) -> None:
    contoso = quick.company("Contoso", "contoso.com")
    connection = quick.connected("autotask")
    module, _, function = name.partition(".")
    asked = getattr(importlib.import_module(f"flows.{module}"), function)
    desk = quick.desk(bound=contoso)
    arguments = [
        _forged(parameter, quick, desk, contoso, connection.id)
        for parameter in inspect.signature(asked).parameters.values()
        if parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    with pytest.raises(NotAllowed):
        asked(*arguments)


def _forged(parameter: inspect.Parameter, bench: Bench, desk: Desk, company: Company, connection_id: str) -> Any:
    known = {"context": bench.context, "desk": desk, "connection_id": connection_id, "company_id": company.id}
    known |= {"source": "autotask", "subject": {"connection": connection_id}, "connector": bench.context.connectors["autotask"]}
    return known.get(parameter.name, "" if parameter.annotation is str else Anything())
