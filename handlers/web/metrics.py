"""What a monitor collects: counts of what waits, in Prometheus' text form. Counts only: no name, no address."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.overview import Facts

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Facts(Collector):
    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def collect(self) -> Iterable[GaugeMetricFamily]:
        facts = self._facts
        yield GaugeMetricFamily("gangway_companies", "Managed companies", value=facts.companies)
        yield GaugeMetricFamily("gangway_companies_needing_domain", "Companies that wait for a domain", value=facts.needing_domain)
        yield GaugeMetricFamily("gangway_people", "People, staff among them", value=facts.people)
        invitations = GaugeMetricFamily("gangway_invitations", "Invitations not accepted yet", labels=["state"])
        for state, number in (("pending", facts.pending), ("expired", facts.expired), ("bounced", facts.bounced), ("held", facts.held_mail)):
            invitations.add_metric([state], number)
        yield invitations
        plans = GaugeMetricFamily("gangway_plans", "Imports that wait or run (ten at most are counted)", labels=["state"])
        plans.add_metric(["waiting"], len(facts.waiting))
        plans.add_metric(["running"], len(facts.running))
        yield plans
        calls = GaugeMetricFamily("gangway_source_calls_recent", "Calls in the source's own window, of this process", labels=["source"])
        troubled = GaugeMetricFamily("gangway_source_in_trouble", "1 while a source cannot be used", labels=["source"])
        for source in facts.sources:
            calls.add_metric([source.connection.source], source.calls_last_hour)
            troubled.add_metric([source.connection.source], bool(source.connection.trouble))
        yield calls
        yield troubled


def metrics(facts: Callable[[], Facts]) -> Route:
    """The route; `facts` looks anew at each request."""

    def answer(_request: Request) -> Response:
        registry = CollectorRegistry()
        registry.register(_Facts(facts()))
        return Response(generate_latest(registry), media_type=TYPE)

    return Route("/metrics", answer)
