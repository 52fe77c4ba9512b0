"""What each operation must reach, through the real doors with everything they really do."""

from __future__ import annotations

from bench.live import Delivered
from bench.measures import Result
from bench.report import Line

# Least share of the limit's rate; least rate a second; most times the limit's median time.
SHARES = {"create": 0.35, "act": 0.30, "queue": 0.25, "ticket": 0.25}
RATES = {"queue page": 150.0, "ticket page": 100.0}
TIMES = {"search word": 3.0, "search phone": 3.0, "search number": 3.0}
OPERATIONS = ("create", "act", "queue", "queue page", "ticket", "ticket page", *TIMES)
EVERYTHING = (*OPERATIONS, "live", "sweep")
MOST_GROWTH = 1.3
SWEEP_SECONDS = 30.0
LIVE_MEMORY = 250.0
LIVE_P99 = 100.0


def judged(size: int, result: Result) -> Line:
    """Return the row of an operation."""
    name, best = result.operation, result.best
    rate = f"{best.rate:.0f}/s, p50 {best.percentile(0.5):.1f} p99 {best.percentile(0.99):.1f} ms, CPU {result.cost:.2f} (web {result.web:.2f}) ms"
    if name in RATES:
        return Line(size, name, rate, "", f"{best.rate:.0f}/s", f">= {RATES[name]:.0f}/s", best.rate < RATES[name])
    least = result.best_limit
    limit = f"{least.rate:.0f}/s, p50 {least.percentile(0.5):.2f} ms, CPU {min(m.cost for m in result.limit):.2f} ms"
    if name in SHARES:
        return Line(
            size,
            name,
            rate,
            limit,
            f"{result.share:.0%} ({result.cost_share:.0%} by CPU)",
            f">= {SHARES[name]:.0%}",
            result.share < SHARES[name],
        )
    times = best.percentile(0.5) / least.percentile(0.5)
    return Line(size, name, rate, limit, f"{times:.1f} x", f"< {TIMES[name]:.0f} x", times >= TIMES[name])


def growth(size: int, before: dict[str, Result], after: dict[str, Result]) -> list[Line]:
    """Return how much slower each operation became with more tickets; the limit's own growth stands beside it."""
    lines = []
    for name in after.keys() & before.keys():
        slower = before[name].best.rate / after[name].best.rate
        limit = f"{before[name].best_limit.rate / after[name].best_limit.rate:.2f} x" if after[name].limit else ""
        lines.append(
            Line(size, f"{name}: growth", f"{slower:.2f} x slower", limit, f"{slower:.2f} x", f"<= {MOST_GROWTH} x", slower > MOST_GROWTH)
        )
    return sorted(lines, key=lambda line: OPERATIONS.index(line.operation.partition(":")[0]))


def sweep(done: int, seconds: float, messages: int) -> Line:
    """Return the row of the sweep."""
    measured = f"{seconds:.1f} s, {messages} messages"
    return Line(done, "clocks swept", measured, "", f"{seconds:.1f} s", f"< {SWEEP_SECONDS:.0f} s", seconds >= SWEEP_SECONDS)


def live(found: Delivered) -> list[Line]:
    """Return the rows of the live updates; a lost delivery counts as falling short."""
    memory = f"{found.memory:.0f} MB ({found.memory_before:.0f} before)"
    arrived = f"p50 {found.p50:.1f} p99 {found.p99:.1f} ms, {found.arrived} of {found.expected}"
    late = found.p99 >= LIVE_P99 or found.arrived < found.expected
    return [
        Line(found.streams, "open streams", memory, "", f"{found.memory:.0f} MB", f"< {LIVE_MEMORY:.0f} MB", found.memory >= LIVE_MEMORY),
        Line(found.streams, "delivery", arrived, "", f"{found.p99:.1f} ms", f"< {LIVE_P99:.0f} ms", late),
    ]
