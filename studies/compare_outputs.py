#!/usr/bin/env python3
"""Compare what two builds of scalewise print, number by number.

    python3 studies/compare_outputs.py OLD NEW [--tables DIR ...] [--random N] [--seed S]

OLD and NEW are the two programs. Every verb is run with both on the tables of data/, on every CSV file below
the folders given with --tables, and on N simulated tables, as CSV and as JSON. Sentences (reason, note, message,
hint and its remedies) may differ; every other cell, key, number, code and exit code must be the same. The last line counts the
runs, those that differ, and those of them that differ only in a forecast's point.
"""

import argparse
import csv
import io
import json
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = {"message", "hint", "remedies", "reason", "note", "tool", "made_by", "command"}
# The quoted point of a forecast; it once depended on the requested intervals.
POINT = {"point", "members"}


def run(program, arguments):
    done = subprocess.run(
        [program, "-q", *arguments], capture_output=True, timeout=300, cwd=ROOT, check=False
    )
    return done.returncode, done.stdout.decode(errors="replace")


def differences(a, b, at=""):
    """Paths at which two JSON values differ."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            if key in SENTENCES:
                continue
            if key not in a or key not in b:
                yield f"{at}/{key}", a.get(key, "absent"), b.get(key, "absent")
            else:
                yield from differences(a[key], b[key], f"{at}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for place, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{at}/{place}")
    elif a != b:
        yield at, a, b


def table(text):
    """The rows of a CSV text, sentences left out."""
    rows = list(csv.reader(io.StringIO(text)))
    if not rows:
        return []
    keep = [k for k, name in enumerate(rows[0]) if name not in SENTENCES]
    return [{rows[0][k]: row[k] if k < len(row) else "" for k in keep} for row in rows]


def read(text, form):
    if form == "json" and text.strip():
        return json.loads(text)
    return table(text)


def commands(path):
    """Every question asked of a table, whatever its contents."""
    p = str(path)
    for extra in ([], ["--law", "power"], ["--objective", "huber"], ["--law", "m4", "--residuals", "log"]):
        yield ["fit", p, *extra]
    yield ["forecast", p, "--at", "10x,100x", "--method", "calibrated,delta,profile,envelope,quadrature"]
    yield ["forecast", p, "--at", "10x", "--force", "--level", "0.5,0.95"]
    yield ["forecast", p, "--at", "30x", "--method", "delta,bootstrap", "--replicates", "60"]
    yield ["forecast", p, "--reach", "1.5,3"]
    yield ["backtest", p]
    yield ["compare", p, "--laws", "power,saturating"]
    yield ["capability", p, "--at", "10x"]
    yield ["capability", p]
    yield ["allocate", p, "--compute", "10x", "--method", "delta,profile"]
    yield ["allocate", p, "--force", "--ratio", "20", "--replicates", "50", "--n-inference", "1T", "--price", "2"]
    yield ["isoflop", p, "--tolerance", "0.3"]
    for by in ("model", "seed", "task"):
        yield ["fit", p, "--by", by]
        yield ["forecast", p, "--by", by, "--at", "10x"]
        yield ["versus", p, "--by", by, "--at", "10x", "--power", "--replicates", "60"]
        yield ["versus", p, "--by", by, "--law", "chinchilla", "--params", "1e8", "--method", "delta"]
    yield ["check", p]


def simulated(count, seed, folder):
    """Tables of runs and of surfaces with noise, ties, replicates, outliers and series."""
    for number in range(count):
        r = random.Random(f"{seed}/{number}")
        rows = []
        surface = number % 4 == 3
        for task in range(1 + number % 3):
            a, b, c = 10 ** r.uniform(0.2, 2), -r.uniform(0.03, 0.3), r.choice([0.0, 1.5, 2.2])
            for run_number in range(r.randint(4, 12)):
                size = 1e18 * 10 ** (r.choice([0.5, 1.0]) * run_number / 2)
                noise = 1 + r.gauss(0, r.choice([0.0, 0.002, 0.02]))
                n = (size / 120) ** 0.5 * 10 ** r.uniform(-0.4, 0.4)
                d = size / (6 * n)
                loss = 1.8 + 400 / n**0.34 + 2000 / d**0.36 if surface else c + a * size**b
                if r.random() < 0.03:
                    loss *= 2
                rows.append((f"t{task}", run_number, size, n, d, loss * noise))
                if r.random() < 0.15:
                    rows.append((f"t{task}", run_number, size, n, d, loss))
        path = Path(folder) / f"table_{number}.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["task", "model", "flops", "params", "tokens", "loss"])
            writer.writerows(rows)
        yield path


def compare(arguments, old, new):
    """The places where the answers to one question differ."""
    found = []
    for form in ("csv", "json"):
        asked = [*arguments, "--format", form]
        (code_a, text_a), (code_b, text_b) = run(old, asked), run(new, asked)
        if code_a != code_b:
            found.append(("exit code", code_a, code_b))
        if text_a == text_b:
            continue
        try:
            a, b = read(text_a, form), read(text_b, form)
        except json.JSONDecodeError:
            found.append(("not JSON", text_a[:200], text_b[:200]))
            continue
        found.extend((f"{form}{at}", x, y) for at, x, y in differences(a, b))
    return arguments, found


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("old")
    asked.add_argument("new")
    asked.add_argument("--tables", nargs="*", default=[])
    asked.add_argument("--random", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    # A bare name means a file in the present folder.
    old, new = (str(Path(p).resolve()) for p in (given.old, given.new))
    with tempfile.TemporaryDirectory() as folder:
        tables = sorted((ROOT / "data").glob("**/*.csv"))
        for other in given.tables:
            tables += sorted(Path(other).resolve().glob("**/*.csv"))
        tables = [t for t in tables if t.stat().st_size < 200_000]
        tables += list(simulated(given.random, given.seed, folder))
        questions = [c for t in tables for c in commands(t)]
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda q: compare(q, old, new), questions))
    different = [(q, found) for q, found in answers if found]
    for question, found in different:
        print(" ".join(question))
        for at, a, b in found[:5]:
            print(f"    {at}: {a!r} -> {b!r}")
    only_point = [f for _, f in different if all(POINT & set(at.split("/")) for at, _, _ in f)]
    print(
        f"{2 * len(questions)} outputs of {len(tables)} tables; "
        f"{len(different)} questions answered otherwise, {len(only_point)} of them only in a point"
    )
    return 1 if len(different) > len(only_point) else 0


if __name__ == "__main__":
    sys.exit(main())
