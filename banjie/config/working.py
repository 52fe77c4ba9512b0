"""What a worker process does: jobs of the queue, and beside them the sweeps of `schedule`, in one thread those of our own, in one the outgoing."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import close_old_connections, connection
from django.utils import timezone

from banjie.config import schedule
from banjie.kernel.outage import is_outage

SWEEP_EVERY = 1.0  # seconds

log = logging.getLogger(__name__)


def work(*, jobs: bool, sweeps: bool, concurrency: int) -> None:
    """Work until SIGTERM or Ctrl-C."""
    ended = threading.Event()
    sweepers = [
        threading.Thread(target=_sweep_until, args=(ended, schedule.SWEEPS), name="sweeps"),
        threading.Thread(target=_sweep_until, args=(ended, schedule.OUTGOING), name="outgoing"),
    ]
    for sweeper in sweepers if sweeps else ():
        sweeper.start()
    try:
        if jobs:
            _run_jobs(concurrency)
        else:
            for sign in (signal.SIGINT, signal.SIGTERM):
                signal.signal(sign, lambda *_: ended.set())
            ended.wait()
    finally:
        ended.set()
        for sweeper in sweepers if sweeps else ():
            sweeper.join()


def sweep_once(sweeps: Sequence[Callable[[datetime], int]]) -> int:
    """Call every sweep once and return how much they did. One that fails is logged and does not hold up the others."""
    done = 0
    for sweep in sweeps:
        try:
            done += sweep(timezone.now())
        except Exception as failed:
            log.exception("sweep %s failed; it runs again in a second", getattr(sweep, "__name__", sweep))
            close_old_connections()
            if is_outage(failed):
                break  # the others would say the same
    return done


def _sweep_until(ended: threading.Event, sweeps: Sequence[Callable[[datetime], int]]) -> None:
    while not ended.wait(SWEEP_EVERY):
        close_old_connections()
        sweep_once(sweeps)
    connection.close()


def _run_jobs(concurrency: int) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        worker_app.run_worker(concurrency=concurrency, install_signal_handlers=True, shutdown_graceful_timeout=8)
