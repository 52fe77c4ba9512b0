"""The benchmark runs from end to end, says what it saw, and judges as it was told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from banjie.config.environment import PROJECT_ROOT
from bench import demands
from bench.live import Delivered
from bench.load import Measured
from bench.measures import Result
from bench.report import Line, table


def result(operation: str, *, door: float, limit: float) -> Result:
    """Return one round of each, with rates a second."""
    rounds = [Measured(int(rate), 1.0, [1 / rate] * int(rate), cpu=1.0) for rate in (door, limit)]
    return Result(operation, door=rounds[:1], limit=rounds[1:])


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_quick_run_measures_every_door_and_leaves_nothing_behind(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BANJIE_SECRET_KEY", "BANJIE_CHAIN_KEY")
    }
    environment |= {"BANJIE_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)}
    tmp_path.chmod(0o711)

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench", "--quick"],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=380,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    file = next((tmp_path / "home" / "bench").glob("*.json"))
    kept = orjson.loads(file.read_bytes())
    assert {line["operation"] for line in kept["lines"]} == {*demands.OPERATIONS, "open streams", "delivery", "clocks swept"}
    assert all(rate > 0 for found in kept["results"] for rate, *_times in found["door"])
    assert [line["tickets"] for line in kept["lines"] if line["operation"] == "clocks swept"] == [1000]
    assert not list(tmp_path.glob("banjie-bench-*"))


def test_a_share_below_the_demand_falls_short() -> None:
    kept, short = (demands.judged(1000, result("create", door=rate, limit=1000)) for rate in (350, 340))

    assert (kept.short, kept.result.split()[0]) == (False, "35%")
    assert (short.short, short.result.split()[0]) == (True, "34%")


def test_a_search_may_take_less_than_three_times_the_limit() -> None:
    kept, short = (demands.judged(1000, result("search word", door=rate, limit=1000)) for rate in (400, 300))

    assert (kept.short, short.short) == (False, True)


def test_growth_compares_the_same_operation_at_two_sizes() -> None:
    before = {"queue": result("queue", door=1300, limit=5000), "act": result("act", door=1500, limit=5000)}
    after = {"queue": result("queue", door=1000, limit=5000), "act": result("act", door=1000, limit=5000)}

    lines = demands.growth(10, before, after)

    assert [(line.operation, line.short) for line in lines] == [("act: growth", True), ("queue: growth", False)]


def test_a_lost_delivery_falls_short() -> None:
    delivered = Delivered(streams=10, memory=100, memory_before=90, sent=5, expected=100, arrived=99, p50=1, p99=2, longest=3)

    memory, delivery = demands.live(delivered)

    assert (memory.short, delivery.short) == (False, True)


def test_the_table_says_what_falls_short() -> None:
    text = table(
        [Line(100_000, "create", "100/s", "1000/s", "10%", ">= 35%", True), Line(100_000, "queue", "1/s", "1/s", "100%", ">= 25%", False)]
    )

    assert re.search(r"\| 100 000 +\| create .*\| SHORT \|", text)
    assert "| kept" in text
