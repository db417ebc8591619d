"""Stops Python code of others that takes too long and has no bounds of its own."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooSlowError(Exception):
    """The code under a time limit was stopped."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`TooSlowError` in this thread, between two of its Python instructions, after some time.

    Signals would serve the main thread alone. A single long call into C is not interrupted.
    """
    thread, lock, over = threading.get_ident(), threading.Lock(), threading.Event()

    def stop() -> None:
        with lock:
            if not over.is_set():
                _raise_in(thread, TooSlowError)

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            over.set()
        _raise_in(thread, None)
        timer.cancel()


def _raise_in(thread: int, error: type[Exception] | None) -> None:
    """Set or clear the exception that waits for a thread (``PyThreadState_SetAsyncExc``)."""
    waiting = ctypes.py_object(error) if error else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), waiting)
