"""Who does the batches: a process for each core of this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import ipaddress
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from keys.bulk.errors import ConversionStopped

WAIT_S = 30


@dataclass(frozen=True)
class Workforce:
    """An executor and how many batches it does at the same time."""

    executor: Executor
    width: int


@contextmanager
def processes(count: int | None) -> Iterator[Workforce]:
    """Worker processes here, by default one for each core that this process may use."""
    width = count or len(os.sched_getaffinity(0))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["keys.bulk.working"])  # loaded once; workers share its pages
    pool = ProcessPoolExecutor(width, mp_context=context, initializer=_begin_worker)
    try:
        yield Workforce(pool, width)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[Workforce]:
    """The workers of a Dask cluster. They need this package, and the key files at the same place.

    Raises ConversionStopped. A scheduler on another machine must use TLS (its files come from Dask's own
    configuration): whoever reaches a scheduler without it can run anything on workers that hold keys.
    """
    try:
        make: Any = import_module("distributed").Client
    except ImportError as error:
        raise ConversionStopped("stopped: --dask needs the packages of the extra `bulk`") from error
    for name in ("distributed", "distributed.client"):  # what goes wrong is told once, by us
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    if not address.startswith("tls://") and not _is_here(address):
        raise ConversionStopped("stopped: a Dask cluster on other machines needs TLS (tls://…)")
    try:
        client = make(address, timeout=WAIT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConversionStopped(f"stopped: there is no Dask scheduler at {address}") from error
    try:
        yield Workforce(client.get_executor(), _threads(client))
    finally:
        client.close()


def _threads(client: Any) -> int:
    """How many batches the cluster does at the same time, once it has a worker."""
    try:
        client.wait_for_workers(1, timeout=WAIT_S)
    except TimeoutError as error:
        raise ConversionStopped("stopped: the Dask cluster has no workers") from error
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    return max(sum(int(worker["nthreads"]) for worker in workers), 1)


def _is_here(address: str) -> bool:
    host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _begin_worker() -> None:
    """A worker leaves an interrupt to its parent, and does not outlive it (which may be killed)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)
