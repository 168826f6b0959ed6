"""How each source and the mail speak. Dropping a module with a `CONNECTOR` in this folder adds a source."""

import importlib
import pkgutil

from domain.ports import Connector


def discover() -> dict[str, Connector]:
    """Every connector by its name: `{"autotask": Connector(...), "itglue": Connector(...)}`.

    Modules whose name starts with `_` are shared tools; modules without a `CONNECTOR` (mail) are no sources.
    """
    found: dict[str, Connector] = {}
    for module_info in pkgutil.iter_modules(__path__):
        if module_info.name.startswith("_"):
            continue
        connector = getattr(importlib.import_module(f"{__name__}.{module_info.name}"), "CONNECTOR", None)
        if isinstance(connector, Connector):
            found[connector.name] = connector
    return found
