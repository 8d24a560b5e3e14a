"""Rij (queue): calls that come at the same time are answered in groups, by few threads.

A group shares one commit of the decision log, and few threads do not wait for each other's turn. At rest
a call is answered by itself, at once. What a call raises reaches its caller only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

WORKERS = 2  # one judges while the other waits for its commit
TOGETHER = 64


class Rij(Generic[T, R]):
    """`work` gets a group, and gives for each, in order, an answer or what is raised."""

    def __init__(self, work: Callable[[Sequence[T]], Sequence[R | Exception]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._waiting: list[tuple[T, Future[R]]] = []
        self._busy = 0
        self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="beslissingen")

    def put(self, item: T) -> Future[R]:
        """The answer, in time."""
        answer: Future[R] = Future()
        with self._lock:
            self._waiting.append((item, answer))
            start = self._busy < WORKERS
            self._busy += start
        if start:
            self._threads.submit(self._run)
        return answer

    def _run(self) -> None:
        while True:
            with self._lock:
                group, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
                if not group:
                    self._busy -= 1
                    return
            self._answer(group)

    def _answer(self, group: list[tuple[T, Future[R]]]) -> None:
        found: Sequence[R | Exception]
        try:
            found = self._work([item for item, _ in group])
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it
            found = [error] * len(group)
        for (_, answer), one in zip(group, found, strict=True):
            if isinstance(one, Exception):
                answer.set_exception(one)
            else:
                answer.set_result(one)
