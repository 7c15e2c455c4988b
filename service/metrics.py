"""Figures for Prometheus, in a registry of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class Metrics:
    """Counts what the loops tally, and asks for the rest when it is read."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._done = Counter(
            "brief_done", "What the desk did, by loop and outcome.", ["loop", "outcome"], registry=self.registry
        )
        self._errors = Counter(
            "brief_loop_errors", "Rounds of a loop that ended with an error.", ["loop"], registry=self.registry
        )
        self._checks = Counter(
            "brief_checks", "Where mail comes from, and who could not be asked.", ["outcome"], registry=self.registry
        )
        self._took = Histogram(
            "brief_round_seconds", "How long a round with work took.", ["loop"], registry=self.registry
        )

    def count(self, loop: str, tally: Mapping[str, int], took_for: float) -> None:
        """Add what a round of a loop did."""
        for outcome, number in tally.items():
            self._done.labels(loop, outcome).inc(number)
        if any(tally.values()):
            self._took.labels(loop).observe(took_for)

    def count_checks(self, tally: Mapping[str, int]) -> None:
        """Add where mails came from."""
        for outcome, number in tally.items():
            self._checks.labels(outcome).inc(number)

    def count_error(self, loop: str) -> None:
        """A round ended with an error."""
        self._errors.labels(loop).inc()

    def ask(self, figures: Callable[[], Mapping[str, float]]) -> None:
        """Have `figures` asked each time that the metrics are read; its names become `brief_<name>`."""
        self.registry.register(_Asked(figures))

    def text(self) -> bytes:
        """Everything in Prometheus's text form."""
        return generate_latest(self.registry)


class _Asked(Collector):
    def __init__(self, figures: Callable[[], Mapping[str, float]]) -> None:
        self._figures = figures

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing ahead of time: asking needs a database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge a figure."""
        for name, value in self._figures().items():
            yield GaugeMetricFamily(f"brief_{name}", name.replace("_", " "), value=value)
