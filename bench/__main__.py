"""`make bench`: measure everything in one run and print what falls short."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import click
import orjson
import psycopg

from banjie.config.environment import read_environment
from bench import demands
from bench.doors import Doors
from bench.fill import fill
from bench.instance import Instance, instance, serve
from bench.live import deliver
from bench.measures import Measures, Plan, Result
from bench.organisation import House, found
from bench.report import Line, table
from bench.sweeping import swept


@click.command()
@click.option("--sizes", default="100000,1000000", show_default=True, help="Numbers of tickets, growing.")
@click.option("--only", default="", help="Operations, separated by commas; see the second column of the table.")
@click.option("--seconds", default=2.0, show_default=True, help="Length of one round.")
@click.option("--rounds", default=6, show_default=True, help="Rounds of each operation, in turn with the limit's; the best counts.")
@click.option("--clocks", default=100_000, show_default=True, help="Clocks that fall due at once.")
@click.option("--streams", default=5000, show_default=True, help="Open live streams.")
@click.option("--all-books", is_flag=True, help="Activate all shipped rulebooks, not one: nothing measured may notice.")
@click.option("--quick", is_flag=True, help="A look in a minute: 10 000 tickets, one round of a second; proves nothing.")
@click.option("--home", type=click.Path(path_type=Path), help="Keep the filled installation in this folder, for a profiler.")
def main(**options: Any) -> None:
    """Measure Banjie through its doors against hand-written SQL on the same server, with 8 clients."""
    if options["quick"]:
        options |= {"sizes": "10000", "seconds": 1.0, "rounds": 1, "clocks": 1000, "streams": 200}
    chosen = [name.strip() for name in options["only"].split(",") if name.strip()] or list(demands.EVERYTHING)
    if unknown := set(chosen) - set(demands.EVERYTHING):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}; there are: {', '.join(demands.EVERYTHING)}", param_hint="--only")
    kept = read_environment().home / "bench"
    now = datetime.now(UTC)
    with instance(options["home"]) as here:
        house = found(now, all_books=options["all_books"])
        serve(here)
        plan = Plan(options["seconds"], options["rounds"])
        lines, raw = _all(here, house, chosen, [int(size) for size in options["sizes"].split(",")], plan)
        lines += _once(here, house, chosen, options)
    print("\n" + table(lines))
    short = [line.operation for line in lines if line.short]
    print(f"\n{'Falls short: ' + ', '.join(short) if short else 'Everything demanded is kept.'}")
    kept.mkdir(parents=True, exist_ok=True)
    file = kept / f"{now:%Y%m%d-%H%M%S}.json"
    file.write_bytes(orjson.dumps({"lines": lines, "results": raw}, option=orjson.OPT_INDENT_2))
    print(f"Kept in {file}")


def _all(here: Instance, house: House, chosen: list[str], sizes: list[int], plan: Plan) -> tuple[list[Line], list[dict[str, object]]]:
    """Measure the chosen operations at each size."""
    lines: list[Line] = []
    raw: list[dict[str, object]] = []
    earlier: dict[str, Result] = {}
    filled = 0
    for size in sizes:
        _say(f"filling up to {size:,} tickets")
        took = fill(here.admin, size - filled, now=datetime.now(UTC))
        _say(f"filled in {took:.0f} s")
        filled = size
        measures = Measures(here, Doors(here.port, house, Random(size)), plan)
        measures.look()
        results: dict[str, Result] = {}
        for operation in (name for name in demands.OPERATIONS if name in chosen):
            result = results[operation] = measures.run(operation)
            lines.append(demands.judged(size, result))
            raw.append(result.facts(size))
            _say(table(lines[-1:]).splitlines()[-1])
        lines += demands.growth(size, earlier, results)
        earlier = results
    return lines, raw


def _once(here: Instance, house: House, chosen: list[str], options: dict[str, Any]) -> list[Line]:
    """Measure what does not need several sizes, on the largest one."""
    lines = []
    if "live" in chosen:
        streams = options["streams"]
        lines += demands.live(deliver(here, house, _numbers(here, streams), streams, max(2.0, 5 * options["seconds"])))
    if "sweep" in chosen:
        lines.append(demands.sweep(*swept(here.dsn, options["clocks"], datetime.now(UTC))))
    return lines


def _numbers(here: Instance, count: int) -> list[str]:
    with psycopg.connect(here.dsn) as db:
        return [row[0] for row in db.execute("select number from tickets_ticket order by id limit %s", [count])]


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    main(prog_name="bench")
