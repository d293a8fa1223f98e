"""Engines of a batch: one function over many jobs, each result yielded in the order of the jobs, its future then let go.

`serial` and `local` are always there; `dask` and `ray` are extras, loaded when they are asked for. A job that kills its
worker is told by `lost` and the others go on. Nothing is kept in an engine's memory: what counts is on the disk.
"""

from __future__ import annotations

import importlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.errors import MissingTool, UsageError

ENGINES = ("serial", "local", "dask", "ray")

AHEAD = 200
"""Jobs handed out a worker: enough that nobody waits behind a slow scan, few enough for a hundred thousand files."""

Lost = Callable[[Any, str], Any]


def each(engine: str, do: Callable[[Any], Any], jobs: Sequence[Any], workers: int, lost: Lost) -> Iterator[Any]:
    """`do(job)` for every job on an engine; `lost(job, reason)` stands for one whose worker died.

    Raises UsageError for an unknown engine or fewer than one worker, MissingTool when the engine's package is absent.
    """
    if engine not in ENGINES:
        raise UsageError(f"--engine {engine}", "is no engine", f"use one of {', '.join(ENGINES)}")
    if workers < 1:
        raise UsageError(f"--workers {workers}", "is not a number of processes", "give 1 or more")
    if engine == "serial":
        return map(do, jobs)
    return {"local": _local, "dask": _dask, "ray": _ray}[engine](do, jobs, workers, lost)


def package_path() -> str:
    """A PYTHONPATH with which another process finds this package where it is, installed or not."""
    home = str(Path(__file__).resolve().parents[1])
    given = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p and p != home]
    return os.pathsep.join([home, *given])


def _local(do: Callable[[Any], Any], jobs: Sequence[Any], workers: int, lost: Lost) -> Iterator[Any]:
    """Threads, for jobs that start a process of their own and wait for it. Whoever breaks off ends these processes: the
    threads are not waited for here."""
    pool = ThreadPoolExecutor(max_workers=workers)
    try:
        yield from _in_order(jobs, workers, lambda job: pool.submit(do, job), lambda future, job: future.result())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _dask(do: Callable[[Any], Any], jobs: Sequence[Any], workers: int, lost: Lost) -> Iterator[Any]:
    """The cluster that DASK_SCHEDULER_ADDRESS names, else one on this machine."""
    distributed = _package("distributed", "dask")
    own = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}

    def take(future: Any, job: Any) -> Any:
        try:
            return future.result()
        except distributed.KilledWorker:
            return lost(job, "its worker died")
        finally:
            future.release()

    with distributed.Client(**({} if os.environ.get("DASK_SCHEDULER_ADDRESS") else own)) as client:
        yield from _in_order(jobs, workers, lambda job: client.submit(do, job, pure=False), take)


def _ray(do: Callable[[Any], Any], jobs: Sequence[Any], workers: int, lost: Lost) -> Iterator[Any]:
    """The cluster that RAY_ADDRESS names, else one on this machine."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # offline: nothing is reported to anybody
    ray = _package("ray", "ray")
    own = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": workers, "include_dashboard": False}

    def take(reference: Any, job: Any) -> Any:
        try:
            return ray.get(reference)
        except ray.exceptions.RayTaskError:
            raise
        except ray.exceptions.RayError:
            return lost(job, "its worker died")

    ray.init(logging_level="error", log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": package_path()}}, **own)
    try:
        yield from _in_order(jobs, workers, ray.remote(num_cpus=1, max_retries=0)(lambda job: do(job)).remote, take)
    finally:
        ray.shutdown()


def _in_order(jobs: Sequence[Any], workers: int, submit: Callable[[Any], Any], take: Callable[[Any, Any], Any]) -> Iterator[Any]:
    rest = iter(jobs)
    out = deque((submit(job), job) for job in islice(rest, workers * AHEAD))
    while out:
        yield take(*out.popleft())
        out.extend((submit(job), job) for job in islice(rest, 1))


def _package(name: str, extra: str) -> Any:
    """An engine's package. Raises MissingTool with the way to install it."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingTool(f"--engine {extra}", f"the package {name} is absent", f"install it: pip install -e '.[{extra}]'") from None
