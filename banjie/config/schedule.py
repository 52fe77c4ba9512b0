"""All recurring work in one place: jobs by the calendar, and sweeps every second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from procrastinate import App, JobContext, builtin_tasks

from banjie.channels.mail import send_queued
from banjie.channels.texts import send_texts
from banjie.deadlines.duties import run_duties
from banjie.deadlines.replan import replan
from banjie.deadlines.sweep import sweep
from banjie.rulebook.starting import start_approved
from banjie.tickets.seals import seal_yesterday

SWEEPS: list[Callable[[datetime], int]] = []
"""What every worker calls each second with the current time; each returns how much it did. Several workers may
call it at the same moment, so a sweep claims its rows (`select for update skip locked`)."""

OUTGOING: list[Callable[[datetime], int]] = []
"""The same for what waits for servers of others, in a thread of its own: a slow one holds up no clock."""


def on_app_ready(app: App) -> None:
    """Register jobs; called once when the queue is ready."""

    @app.periodic(cron="17 3 * * *")
    @app.task(name="remove_old_jobs", queueing_lock="remove_old_jobs", pass_context=True)
    async def remove_old_jobs(context: JobContext, timestamp: int) -> None:
        """Forget jobs that ended well three days ago; failed ones stay for somebody to look at."""
        del timestamp
        await builtin_tasks.remove_old_jobs(context, max_hours=72, remove_failed=False)

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="retry_stalled_jobs", queueing_lock="retry_stalled_jobs")
    async def retry_stalled_jobs(timestamp: int) -> None:
        """Run again what a killed worker had begun."""
        del timestamp
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.retry_job(job)


def every(seconds: int, sweep: Callable[[datetime], int]) -> Callable[[datetime], int]:
    """Return a sweep that does its work in the first call of each span of `seconds`, and nothing in the others."""
    last = 0

    @wraps(sweep)
    def seldom(now: datetime) -> int:
        nonlocal last
        span = int(now.timestamp()) // seconds
        if span == last:
            return 0
        done = sweep(now)
        last = span
        return done

    return seldom


# Duties begin and end at times of day: twice a minute is soon enough.
SWEEPS += [sweep, every(30, run_duties), every(20, replan), every(300, seal_yesterday), every(5, start_approved)]
OUTGOING += [every(5, send_queued), every(5, send_texts)]
