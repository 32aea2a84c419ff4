"""Each benchmark twice: as a Rhai script and as the Python a person would write."""

from collections.abc import Callable
from functools import reduce
from typing import NamedTuple


class Program(NamedTuple):
    """One benchmark: how many times slower than Python it may be, and both versions."""

    name: str
    bar: float
    script: str
    python: Callable[[], object]


def count() -> int:
    x = 0
    while x < 1_000_000:
        x += 1
    return x


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def fib_five_times() -> int:
    result = 0
    for _ in range(5):
        result = fib(28)
    return result


def sieve() -> int:
    n = 1_000_000
    is_prime = [True] * (n + 1)
    is_prime[0] = is_prime[1] = False
    p = 2
    while p * p <= n:
        if is_prime[p]:
            i = p * p
            while i <= n:
                is_prime[i] = False
                i += p
        p += 1
    found = 0
    for prime in is_prime:
        if prime:
            found += 1
    return found


def matrix() -> int:
    n = 60
    a = [[i + j for j in range(n)] for i in range(n)]
    b = [[i - j for j in range(n)] for i in range(n)]
    c = []
    for i in range(n):
        row = []
        for j in range(n):
            total = 0
            for k in range(n):
                total += a[i][k] * b[k][j]
            row.append(total)
        c.append(row)
    return c[59][59]


def strings() -> int:
    text = ""
    for i in range(200_000):
        text += "ab" + str(i)
        if len(text) > 1000:
            text = ""
    return len(text)


def maps() -> int:
    counts: dict[str, int] = {}
    for i in range(100_000):
        key = "k" + str(i % 100)
        if key in counts:
            counts[key] += 1
        else:
            counts[key] = 1
    return counts["k5"]


def closures() -> int:
    items = []
    for i in range(100_000):
        items.append(i)  # noqa: PERF402 - the script builds it item by item
    doubled = map(lambda x: x * 2, items)  # noqa: C417 - closures are what is measured
    chosen = filter(lambda x: x % 3 == 0, doubled)
    return reduce(lambda total, x: total + x, chosen, 0)


PROGRAMS = [
    Program("counting loop, 1 M turns", 3, "let x = 0; while x < 1000000 { x += 1 } x", count),
    Program(
        "recursive fib(28) x 5",
        6,
        """fn fib(n) { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
        let r = 0;
        for i in 0..5 { r = fib(28) }
        r""",
        fib_five_times,
    ),
    Program(
        "sieve of primes below 1 M",
        4,
        """let n = 1000000;
        let is_prime = [];
        is_prime.pad(n + 1, true);
        is_prime[0] = false;
        is_prime[1] = false;
        let p = 2;
        while p * p <= n {
            if is_prime[p] {
                let i = p * p;
                while i <= n { is_prime[i] = false; i += p; }
            }
            p += 1;
        }
        let found = 0;
        for prime in is_prime { if prime { found += 1 } }
        found""",
        sieve,
    ),
    Program(
        "60x60 matrix product",
        5,
        """let n = 60;
        let a = [];
        let b = [];
        for i in 0..n {
            let ra = [];
            let rb = [];
            for j in 0..n { ra.push(i + j); rb.push(i - j); }
            a.push(ra);
            b.push(rb);
        }
        let c = [];
        for i in 0..n {
            let row = [];
            for j in 0..n {
                let total = 0;
                for k in 0..n { total += a[i][k] * b[k][j]; }
                row.push(total);
            }
            c.push(row);
        }
        c[59][59]""",
        matrix,
    ),
    Program(
        "string building",
        5,
        """let text = "";
        for i in 0..200000 {
            text += "ab" + i;
            if text.len() > 1000 { text = ""; }
        }
        text.len()""",
        strings,
    ),
    Program(
        "map updates",
        5,
        """let counts = #{};
        for i in 0..100000 {
            let key = "k" + (i % 100);
            if key in counts { counts[key] += 1 } else { counts[key] = 1 }
        }
        counts["k5"]""",
        maps,
    ),
    Program(
        "map/filter/reduce with closures",
        5,
        """let items = [];
        for i in 0..100000 { items.push(i) }
        items.map(|x| x * 2).filter(|x| x % 3 == 0).reduce(|total, x| total + x, 0)""",
        closures,
    ),
]
