import threading
import time
from collections.abc import Callable

from service.loops import Loop, stop_all
from service.metrics import Metrics
from storage.errors import Unavailable


def test_a_loop_goes_on_after_an_error_and_says_that_it_works_again() -> None:
    rounds, done = [], threading.Event()

    def step() -> dict[str, int]:
        rounds.append(1)
        if len(rounds) == 1:
            raise Unavailable("the database does not answer")
        done.set()
        return {}

    metrics = Metrics()
    loop = Loop("worker", step, 0.001, metrics)
    loop.start()
    assert done.wait(10)
    assert loop.stop()
    assert loop.failing == ""
    assert b'brief_loop_errors_total{loop="worker"} 1.0' in metrics.text()


def test_a_woken_loop_has_its_round_at_once() -> None:
    rounds: list[int] = []
    second = threading.Event()

    def step() -> dict[str, int]:
        rounds.append(1)
        if len(rounds) == 2:
            second.set()
        else:
            loop.wake()
        return {}

    loop = Loop("worker", step, 3600, Metrics())
    loop.start()
    assert second.wait(10)
    assert loop.stop()


def test_a_stopped_loop_ends_though_it_would_pause_for_an_hour() -> None:
    began = threading.Event()

    def step() -> dict[str, int]:
        began.set()
        return {}

    loop = Loop("clock", step, 3600, Metrics())
    loop.start()
    assert began.wait(10)
    assert loop.stop(10)
    assert not loop.alive


def test_a_round_with_work_is_followed_by_another_and_counted() -> None:
    left, empty = [3], threading.Event()

    def step() -> dict[str, int]:
        if not left[0]:
            empty.set()
            return {"sent": 0}
        left[0] -= 1
        return {"sent": 1}

    metrics = Metrics()
    loop = Loop("delivery", step, 3600, metrics)
    loop.start()
    assert empty.wait(10)
    assert loop.stop()
    assert b'brief_done_total{loop="delivery",outcome="sent"} 3.0' in metrics.text()


def test_loops_end_at_the_same_time_and_the_late_one_is_named() -> None:
    asked, enough = [threading.Event() for _ in range(3)], threading.Event()

    def waits_for(event: threading.Event) -> Callable[[], dict[str, int]]:
        def step() -> dict[str, int]:
            event.set()
            enough.wait(10)
            return {}

        return step

    hanging = [Loop(f"hangs {number}", waits_for(each), 3600, Metrics()) for number, each in enumerate(asked)]
    for loop in hanging:
        loop.start()
    assert all(each.wait(10) for each in asked)
    began = time.monotonic()
    assert stop_all(hanging, within=0.3) == ["hangs 0", "hangs 1", "hangs 2"]
    assert time.monotonic() - began < 0.6  # not three times as long
    enough.set()
    assert stop_all(hanging, within=10) == []


def test_a_tally_that_cannot_be_counted_does_not_end_the_loop() -> None:
    rounds, again = [], threading.Event()

    def step() -> dict[str, int]:
        rounds.append(1)
        if len(rounds) > 1:
            again.set()
            return {}
        return {"mails": -1}

    loop = Loop("worker", step, 0.001, Metrics())
    loop.start()
    assert again.wait(10)
    assert loop.stop()
