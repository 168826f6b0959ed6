"""Towns for the journeys. A failing journey shows the end of the bot's log."""

from collections.abc import Generator

import pytest

from tests.journeys.stage import Stage


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the bot's log beside a failure."""
    report = yield
    if report.failed:
        stages = [value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Stage)]
        report.sections += [("The bot's log", stage.log_tail()) for stage in stages]
    return report
