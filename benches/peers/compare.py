#!/usr/bin/env python3
"""Scalewise beside what is commonly used for L(C) = a*C^b + c: writes the tables of docs/fitting.md.

Needs Python 3 with numpy, scipy and lmfit (README.md here). Both sides get the same runs, in the
same run, on one thread. Run from anywhere: python3 benches/peers/compare.py
"""

import csv
import io
import itertools
import os
import pathlib
import statistics
import subprocess
import time
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")

import lmfit
import numpy as np
import scipy
from scipy.optimize import curve_fit

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "fitting.md"


def law(x, a, b, c):
    return a * x**b + c


def rows(what):
    """Rows printed by the Rust side."""
    command = ["cargo", "run", "--release", "--quiet", "-p", "studies", "--bin", "peers", "--", what]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def column(runs, name):
    return np.array([float(run[name]) for run in runs])


def default_start(x, y):
    return curve_fit(law, x, y)


def bounded(x, y):
    return curve_fit(law, x, y, bounds=([0, -5, 0], [np.inf, 0, np.inf]))


def scaled(solve):
    """Divides C by its geometric mean first and turns `a` back afterwards."""

    def solve_scaled(x, y):
        unit = np.exp(np.mean(np.log(x)))
        (a, b, c), covariance = solve(x / unit, y)
        return (a * unit**-b, b, c), covariance

    return solve_scaled


def good_start(x, y):
    return curve_fit(law, x, y, p0=(1, -0.1, 1))


def informed_start(x, y):
    """The start of a careful user: from the largest and smallest loss."""
    return curve_fit(law, x, y, p0=(y.max() - y.min() / 2, -0.1, y.min() / 2), maxfev=20000)


SOLVERS = {
    "`curve_fit`, default start": default_start,
    "the same with bounds a, c ≥ 0 and −5 ≤ b ≤ 0": bounded,
    "`curve_fit`, default start, C scaled by hand": scaled(default_start),
    "`curve_fit`, start (1, −0.1, 1), C scaled by hand": scaled(good_start),
    "`curve_fit`, start from the range of the losses, C scaled by hand": scaled(informed_start),
}


def error(found, truth, largest):
    """Worst of the relative errors of a and b and the error of c relative to the largest loss."""
    parts = [found[0] / truth[0] - 1, found[1] / truth[1] - 1, (found[2] - truth[2]) / largest]
    worst = max(abs(float(part)) for part in parts)
    return worst if np.isfinite(worst) else np.inf


def recovery():
    sets = [list(runs) for _, runs in itertools.groupby(rows("recovery"), key=lambda run: run["truth"])]
    errors = {"Scalewise, no start": []}
    raised = dict.fromkeys(SOLVERS, 0)
    silent = dict.fromkeys(SOLVERS, 0)
    for runs in sets:
        truth = [float(runs[0][name]) for name in ("a", "b", "c")]
        ours = [float(runs[0][name]) for name in ("fitted_a", "fitted_b", "fitted_c")]
        x, y = column(runs, "compute"), column(runs, "loss")
        errors["Scalewise, no start"].append(error(ours, truth, y.max()))
        for name, solve in SOLVERS.items():
            with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
                warnings.simplefilter("always")
                try:
                    found, _ = solve(x, y)
                    errors.setdefault(name, []).append(error(found, truth, y.max()))
                    wrong = errors[name][-1] > 1e-2
                    silent[name] += wrong and not any("ovariance" in str(w.message) for w in caught)
                except (RuntimeError, ValueError):
                    raised[name] += 1
    share = lambda count: f"{100 * count / len(sets):.1f} %"
    table = [
        "| | within 1e-9 | within 1e-6 | within 1e-2 | raised an error | off by more than 1 %, no warning | worst |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in ["Scalewise, no start", *SOLVERS]:
        got = errors.get(name, [])
        counts = [sum(e <= limit for e in got) for limit in (1e-9, 1e-6, 1e-2)]
        worst = max(got, default=np.inf)
        cells = [share(n) for n in (*counts, raised.get(name, 0), silent.get(name, 0))]
        table.append(f"| {name} | " + " | ".join(cells) + f" | {worst:.0e} |")
    return len(sets), table


def median_time(call, repeats):
    call()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return statistics.median(times) * 1e6


def speed(rounds=5):
    """The fastest of several alternating rounds of the two sides, and the ratios of all rounds."""
    model = lmfit.Model(law, independent_vars=["x"])
    best, ratios = {}, {}
    for _ in range(rounds):
        for n, runs in itertools.groupby(rows("speed"), key=lambda run: int(run["runs"])):
            runs = list(runs)
            x, y = column(runs, "compute"), column(runs, "loss")
            x = x / np.exp(np.mean(np.log(x)))
            found, _ = good_start(x, y)
            rss, ours = np.sum((law(x, *found) - y) ** 2), float(runs[0]["objective"])
            assert abs(rss / ours - 1) < 1e-6, f"another minimum at n = {n}: {rss} against {ours}"
            times = (
                float(runs[0]["microseconds"]),
                median_time(lambda: good_start(x, y), 200),
                median_time(lambda: model.fit(y, x=x, a=1, b=-0.1, c=1), 30),
            )
            best[n] = tuple(map(min, times, best.get(n, times)))
            ratios.setdefault(n, []).append((times[1] / times[0], times[2] / times[0]))
    table = [
        "| runs | Scalewise | `curve_fit` | lmfit | `curve_fit` ÷ Scalewise | lmfit ÷ Scalewise |",
        "|---|---|---|---|---|---|",
    ]
    for n, (ours, scipy_time, lmfit_time) in best.items():
        spread = " | ".join(f"{min(r):.0f} to {max(r):.0f}" for r in zip(*ratios[n]))
        table.append(f"| {n:,} | {ours:.1f} µs | {scipy_time:.0f} µs | {lmfit_time:.0f} µs | {spread} |")
    return table


def replaced(text, name, lines):
    start, end = f"<!-- {name}: python3 benches/peers/compare.py -->\n", "<!-- end -->"
    before, rest = text.split(start)
    return before + start + "\n".join(lines) + "\n" + end + rest.split(end, 1)[1]


def main():
    versions = f"NumPy {np.__version__}, SciPy {scipy.__version__}, lmfit {lmfit.__version__}"
    count, table = recovery()
    caption = f"{count:,} truths; {versions}:"
    text = replaced(PAGE.read_text(), "recovery", [caption, "", *table])
    text = replaced(text, "speed", [f"{versions}:", "", *speed()])
    PAGE.write_text(text)
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
