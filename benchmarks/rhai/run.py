"""Compares the engine with hand-written Python, in one process: `python benchmarks/rhai/run.py`.

Both versions of a program take turns, and the best time of each counts, so that a busy machine
disturbs both alike. Exits with 1 if something is slower than its bar.
"""

import subprocess
import sys
import time
from collections.abc import Callable

from programs import PROGRAMS

from rhai import Engine

ROUNDS = 5
LINES = [
    "let v{i} = {i} * 2 + 7;",
    "let a{i} = [{i}, {i} + 1, {i} + 2];",
    "if v{two} > 10 {{ v{two} += 1; }} else {{ v{two} -= a{one}[0]; }}",
    "let s{i} = `value: ${{v{three}}} and ${{a{two}.len}}`;",
    "fn f{i}(a, b) {{ let c = a + b; if c > 5 {{ return c * 2; }} c - 1 }}",
]


def long_script() -> str:
    """Return a script of 1 000 lines."""
    return "\n".join(
        LINES[i % 5].format(i=i, one=i - 1, two=i - 2, three=i - 3) for i in range(1000)
    )


def timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def best(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    return min(timed(run) for _ in range(rounds))


def compare() -> bool:
    engine = Engine()
    within = True
    print(f"{'program':34} {'ours':>9} {'Python':>9} {'ratio':>6} {'bar':>4}")
    for program in PROGRAMS:
        script = engine.compile(program.script)
        if script.run() != program.python():
            raise SystemExit(f"{program.name}: results differ")
        pairs = [(timed(script.run), timed(program.python)) for _ in range(ROUNDS)]
        ours, theirs = (min(times) for times in zip(*pairs, strict=True))
        ratio = ours / theirs
        within = within and ratio < program.bar
        print(
            f"{program.name:34} {ours * 1e3:7.1f}ms {theirs * 1e3:7.1f}ms {ratio:6.2f}"
            f" {program.bar:4g}"
        )
    return within


def measure() -> bool:
    """Measure what happens before a script runs."""
    engine = Engine()
    text = long_script()
    engine.eval("40 + 2")
    numbers = iter(range(1000, 10**6))
    command = [sys.executable, "-c", "import time; t = time.perf_counter(); import rhai; "]
    command[2] += "print(time.perf_counter() - t)"
    figures = [
        ("compile 1 000 lines", best(lambda: engine.compile_unit(text, "")), 0.150),
        ("eval from cache", best(lambda: engine.eval("40 + 2"), 200), 0.000010),
        ("eval cold", best(lambda: engine.eval(f"40 + {next(numbers)}"), 50), 0.000300),
        ("import rhai", min(float(subprocess.check_output(command)) for _ in range(5)), 0.060),
    ]
    print()
    for name, seconds, bar in figures:
        print(f"{name:34} {seconds * 1e6:9.1f}us  bar {bar * 1e6:.0f}us")
    return all(seconds < bar for _, seconds, bar in figures)


if __name__ == "__main__":
    results = [compare(), measure()]
    sys.exit(0 if all(results) else 1)
