"""Work spread over processes, its results in the order in which they come; the caller's end is the workers' end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")
R = TypeVar("R")
THREADS: Final = "POLARS_MAX_THREADS"
AHEAD: Final = 2
"""Batches that wait for each process: enough that none is idle, few enough that memory does not grow."""


def spread(function: Callable[[T], R], work: Iterable[T], jobs: int) -> Iterator[R]:
    """What `function` gives for each piece of work; in this process where `jobs` is 1.

    New processes are started afresh (a copy of a process with polars in it may hang), and each takes its share of the
    processors. They end with this one, be it killed.
    """
    if jobs <= 1:
        yield from map(function, work)
        return
    before = os.environ.get(THREADS)
    os.environ[THREADS] = str(max(1, (os.cpu_count() or 1) // jobs))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin)
    try:
        yield from _in_turn(pool, function, deque(work), jobs * AHEAD)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        if before is None:
            os.environ.pop(THREADS, None)
        else:
            os.environ[THREADS] = before


def _in_turn(pool: ProcessPoolExecutor, function: Callable[[T], R], work: deque[T], most: int) -> Iterator[R]:
    running: set[Future[R]] = set()
    while work or running:
        while work and len(running) < most:
            running.add(pool.submit(function, work.popleft()))
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for each in done:
            yield each.result()


def _begin() -> None:
    """In a new process: Ctrl-C is for the parent to answer, and its death is ours."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
