"""What a monitor collects: counts of what waits, in Prometheus' text form. Counts only: no name, no address."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flows.figures import Figures
from flows.overview import Facts
from handlers.web.limits import Fresh

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


class _Figures(Collector):
    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterable[CounterMetricFamily]:
        figures = self._figures
        imports = CounterMetricFamily("gangway_imports", "Imports that were asked for, by what became of them", labels=["kind", "state"])
        for (kind, state), number in sorted(figures.imports.items()):
            imports.add_metric([kind, state], number)
        yield imports
        yield CounterMetricFamily("gangway_invitations_mailed", "Invitations that the mail server took", value=figures.mailed)
        yield CounterMetricFamily("gangway_invitations_accepted", "Invitations that were accepted", value=figures.accepted)
        yield CounterMetricFamily(
            "gangway_cross_company_refused", "Attempts to reach another company's items that were refused", value=figures.refused
        )
        lines = CounterMetricFamily("gangway_journal_lines", "Lines of the audit trail", labels=["what"])
        for what, number in sorted(figures.journal.items()):
            lines.add_metric([what], number)
        yield lines


@dataclass(frozen=True)
class Depth(Collector):
    """`look` gives how many jobs wait and run."""

    look: Callable[[], Mapping[str, int]]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("gangway_jobs", "Jobs of the engine, over all replicas", labels=["state"])
        for state, number in self.look().items():
            jobs.add_metric([state], number)
        yield jobs


@dataclass(frozen=True)
class Looks(Collector):
    """`look` gives how often the clock of this process looked for each kind of timed work."""

    look: Callable[[], Mapping[str, int]]

    def collect(self) -> Iterable[CounterMetricFamily]:
        looks = CounterMetricFamily("gangway_looks", "Looks of this process's clock for timed work", labels=["name"])
        for name, number in self.look().items():
            looks.add_metric([name], number)
        yield looks


@dataclass(frozen=True)
class Budgets(Collector):
    """`look` gives source → (calls used, calls allowed, seconds of the window), for sources this process has open."""

    look: Callable[[], Mapping[str, tuple[int, int, float]]]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        share = GaugeMetricFamily("gangway_source_calls_allowed", "Our share of the source's limit, in its window", labels=["source"])
        window = GaugeMetricFamily("gangway_source_window_seconds", "The window of the source's limit", labels=["source"])
        for source, (_, allowed, seconds) in sorted(self.look().items()):
            share.add_metric([source], allowed)
            window.add_metric([source], seconds)
        yield share
        yield window


class Acks:
    """How long Slack waited for its answer, of this process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "gangway_ack_seconds", "From an envelope's arrival to its answer; Slack waits for 3 s",
            buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 3), registry=self.registry,
        )

    @contextmanager
    def timed(self) -> Iterator[None]:
        with self._seconds.time():
            yield


@dataclass(frozen=True)
class Watch:
    """What a monitor may know of the process, beside what the database says."""

    about: Callable[[], Mapping[str, object]] = dict  # for /readyz
    collectors: Sequence[Collector] = ()
    acks: Acks = field(default_factory=Acks)


def metrics(
    facts: Callable[[], Facts], figures: Callable[[], Figures], watch: Watch, now: Callable[[], float] = time.monotonic
) -> Route:
    """The route; `facts` and `figures` look anew.

    Whoever asks again within a second gets the same answer, so that asking often costs nothing.
    """

    def text() -> bytes:
        registry = CollectorRegistry()
        for one in (_Facts(facts()), _Figures(figures()), *watch.collectors):
            registry.register(one)
        return generate_latest(registry) + generate_latest(watch.acks.registry)

    fresh = Fresh(text, now)

    def answer(_request: Request) -> Response:
        return Response(fresh(), media_type=TYPE)

    return Route("/metrics", answer)
