"""Code that runs too long is stopped; code that does not is left alone, also afterwards."""

from __future__ import annotations

import itertools
import threading
import time

import pytest

from extractor.loaders.time_limit import TooSlowError, time_limit


def forever() -> None:
    for _ in itertools.count():
        pass


def test_an_endless_loop_is_stopped() -> None:
    began = time.monotonic()
    with pytest.raises(TooSlowError), time_limit(0.1):
        forever()
    assert time.monotonic() - began < 20


def test_in_a_thread_of_its_own() -> None:
    stopped = []

    def work() -> None:
        try:
            with time_limit(0.1):
                forever()
        except TooSlowError:
            stopped.append(True)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(20)
    assert stopped


def test_what_ends_in_time_is_not_stopped_later() -> None:
    with time_limit(0.05):
        done = sum(range(100))
    time.sleep(0.15)
    assert done == sum(range(100))


def test_another_error_is_passed_on() -> None:
    with pytest.raises(ZeroDivisionError), time_limit(5):
        _ = 1 / 0
