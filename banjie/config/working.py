"""What a worker process does: jobs of the queue, and the sweeps of `schedule.SWEEPS` in a thread beside them."""

from __future__ import annotations

import logging
import signal
import threading

from django.db import close_old_connections, connection
from django.utils import timezone

from banjie.config import schedule
from banjie.kernel.outage import is_outage

SWEEP_EVERY = 1.0  # seconds

log = logging.getLogger(__name__)


def work(*, jobs: bool, sweeps: bool, concurrency: int) -> None:
    """Work until SIGTERM or Ctrl-C."""
    ended = threading.Event()
    sweeper = threading.Thread(target=_sweep_until, args=(ended,), name="sweeps")
    if sweeps:
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
        if sweeps:
            sweeper.join()


def sweep_once() -> int:
    """Call every sweep once and return how much they did. One that fails is logged and does not hold up the others."""
    done = 0
    for sweep in schedule.SWEEPS:
        try:
            done += sweep(timezone.now())
        except Exception as failed:
            log.exception("sweep %s failed; it runs again in a second", getattr(sweep, "__name__", sweep))
            close_old_connections()
            if is_outage(failed):
                break  # the others would say the same
    return done


def _sweep_until(ended: threading.Event) -> None:
    while not ended.wait(SWEEP_EVERY):
        close_old_connections()
        sweep_once()
    connection.close()


def _run_jobs(concurrency: int) -> None:
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:
        worker_app.run_worker(concurrency=concurrency, install_signal_handlers=True, shutdown_graceful_timeout=8)
