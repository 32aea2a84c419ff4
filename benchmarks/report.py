"""The tables."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, Row
from benchmarks.usage import COSTS, Usage


@dataclass(slots=True)
class Results:
    """What was measured on one server, run by run."""

    values: dict[Row, list[float]] = field(default_factory=lambda: defaultdict(list))
    costs: dict[str, list[tuple[Usage, int]]] = field(default_factory=lambda: defaultdict(list))


def print_figures(console: Console, rows: Iterable[Row], fresh: Results, full: Results) -> None:
    """Print medians with min and max, without and with many jobs stored."""
    table = Table("figure", "unit", box=None, pad_edge=False)
    for title in ("target", "median (min-max)", "with jobs stored", "ratio"):
        table.add_column(title, justify="right")
    for row in rows:
        table.add_row(
            row.title,
            row.unit,
            _target(row),
            _spread(row, fresh.values[row]),
            _spread(row, full.values[row]),
            _ratio(fresh.values[row], full.values[row]),
        )
    console.print(table)


def print_costs(console: Console, figures: Sequence[Figure], results: Results, title: str) -> None:
    """Print CPU microseconds by process and commands of Redis for one job or call."""
    table = Table(title, box=None, pad_edge=False)
    for name in (*COSTS, "all", "scripts", "commands"):
        table.add_column(name, justify="right")
    for figure in figures:
        costs = results.costs[figure.name]
        if not costs:
            continue
        cpu = [
            statistics.median(usage.cpu[role] * 1e6 / count for usage, count in costs)
            for role in COSTS
        ]
        scripts = statistics.median(usage.scripts / count for usage, count in costs)
        commands = statistics.median(usage.commands / count for usage, count in costs)
        table.add_row(
            figure.name,
            *(f"{value:.0f}" for value in (*cpu, sum(cpu))),
            f"{scripts:.2f}",
            f"{commands:.1f}",
        )
    console.print(table)


def print_idle(console: Console, idle: Usage, sizes: Sequence[tuple[str, float, float]]) -> None:
    """Print what everything uses while there is nothing to do."""
    shares = {role: 100 * seconds / idle.wall for role, seconds in idle.cpu.items()}
    shares.pop("client")
    text = ", ".join(f"{role} {share:.2f}" for role, share in shares.items())
    console.print(
        f"idle over {idle.wall:.0f} s: {sum(shares.values()):.2f} % CPU of one core in all "
        f"(target < 1): {text}; {idle.commands / idle.wall:.0f} commands/s"
    )
    for role, rss, pss in sizes:
        target = " (target RSS < 80)" if role == "daemon" else ""
        console.print(f"  {role:8} RSS {rss:5.1f} MB, PSS {pss:5.1f} MB{target}")


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    return f"{'≥' if row.at_least else '≤'} {_number(row.target)}"


def _spread(row: Row, values: Sequence[float]) -> str:
    if not values:
        return ""
    middle = statistics.median(values)
    verdict = ""
    if row.target is not None:
        is_met = middle >= row.target if row.at_least else middle <= row.target
        verdict = " [green]✓[/]" if is_met else " [red]✗[/]"
    return f"{_number(middle)} ({_number(min(values))}-{_number(max(values))}){verdict}"


def _ratio(fresh: Sequence[float], full: Sequence[float]) -> str:
    if not fresh or not full:
        return ""
    return f"{statistics.median(full) / statistics.median(fresh):.2f}"


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"
