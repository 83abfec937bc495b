"""Tables of the ladder, from the CSV files beside it: python summary.py [runs|noise|passes|estimators|sweeps|cost]   (all of them by default).

`noise` also writes losses.csv, what forecasts are made from: the runs with the standard deviation of their loss over seeds."""
import csv
import math
import sys
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

import numpy as np

HERE = Path(__file__).parent


def read(name):
    with (HERE / name).open(newline="") as f:
        return list(csv.DictReader(f))


def table(header, rows):
    print("|", " | ".join(header), "|")
    print("|" + "---|" * len(header))
    for row in rows:
        print("|", " | ".join(row), "|")
    print()


def groups(rows, *keys):
    found = defaultdict(list)
    for r in rows:
        found[tuple(float(r[k]) for k in keys)].append(r)
    return sorted(found.items())


def loss(rows):
    return [float(r["loss"]) for r in rows]


def spread(values):
    return f"{stdev(values):.4f}" if len(values) > 1 else "—"


def runs():
    """Mean loss a rung; the exponent is that of the line through this rung and the one before, the late gain by how much the second half of
    the windows is easier than the whole: what a model takes from its context."""
    rows, before = [], None
    for _, g in groups(read("runs.csv"), "budget"):
        r, here = g[0], (math.log(float(g[0]["flops"])), math.log(mean(loss(g))))
        local = f"{(before[1] - here[1]) / (here[0] - before[0]):.4f}" if before else "—"
        before = here
        rows.append([f"{float(r['flops']):.4g}", f"{float(r['six_n_d']):.3g}", r["width"], r["params"], f"{int(r['tokens']):,}", f"{int(r['tokens']) / int(r['params']):.0f}",
                     r["batch"], r["lr"], str(len(g)), f"{mean(loss(g)):.4f}", spread(loss(g)), f"{mean(loss(g)) / math.log(2):.4f}", local,
                     f"{mean(float(r['loss']) - float(r['nats_late']) for r in g):.4f}"])
    table(["FLOP", "6ND", "width", "N", "D", "D/N", "batch", "lr", "seeds", "nats/byte", "sd of a seed", "bits/byte", "local exponent", "late gain"], rows)


def noise():
    """The sd of the loss over seeds at each size, and a smooth line through them: three to five seeds tell an sd to a factor of two at best.

    The line rests on the sizes up to 1e12 FLOP alone and is extended beyond, so that later runs change no σ that a forecast has used. With f degrees of freedom, a variance s² is distributed as σ²·χ²_f/f; ln(σ/loss) = a + b·ln C by maximum likelihood (a gamma regression
    with logarithmic link, Newton's method)."""
    sizes = groups(read("runs.csv"), "budget")
    x = np.array([[1.0, math.log(c / 1e11)] for (c,), _ in sizes])
    freedom = np.array([len(g) - 1.0 if c < 1.05e12 else 0.0 for (c,), g in sizes])
    variance = np.array([(stdev(loss(g)) / mean(loss(g))) ** 2 if len(g) > 1 else 1.0 for _, g in sizes])
    slope = np.array([math.log(freedom @ variance / freedom.sum()), 0.0])
    for _ in range(50):
        ratio = freedom * variance * np.exp(-x @ slope)
        slope += np.linalg.solve(x.T @ (x * ratio[:, None]), x.T @ (ratio - freedom))
    smooth = np.exp(0.5 * x @ slope)
    rows, by_run, kept = [], [], ("run", "seed", "params", "tokens", "flops", "loss")
    for ((c,), g), s in zip(sizes, smooth):
        own = f"{100 * stdev(loss(g)) / mean(loss(g)):.2f}" if len(g) > 1 else "—"
        rows.append([f"{c:.3g}", str(len(g)), spread(loss(g)), own, f"{100 * s:.2f}", f"{s * mean(loss(g)):.4f}"])
        by_run += [[*(r[k] for k in kept), f"{s * mean(loss(g)):.5f}"] for r in g]
    table(["FLOP", "seeds", "sd of a seed", "of the loss, %", "smoothed, %", "σ for the fit"], rows)
    with (HERE / "losses.csv").open("w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([[*kept, "seed_sigma"], *by_run])


def sweeps():
    keys = ("budget", "layers", "width", "previous", "batch", "lr")
    rows = [[f"{k[0]:.0e}", *(f"{x:g}" for x in k[1:]), str(len(g)), f"{mean(loss(g)):.4f}", spread(loss(g))] for k, g in groups(read("sweeps.csv"), *keys)]
    table(["FLOP", "layers", "width", "previous", "batch", "lr", "seeds", "nats/byte", "sd of a seed"], rows)


def passes():
    """Mean of the exact −ln p a rung, by bucket of difficulty (1 is easiest), over the seeds; and problems without a pass in seed 0."""
    bucket = {p["problem"]: p["bucket"] for p in read("problems.csv")}
    names = sorted(set(bucket.values()))
    budget, rows = {r["run"]: r["budget"] for r in read("runs.csv")}, []
    for (c,), g in groups([r | {"budget": budget[r["model"]]} for r in read("pass_counts.csv")], "budget"):
        of = lambda b: mean(-float(r["exact_ln_p"]) for r in g if b in (bucket[r["problem"]], "all"))
        unsolved = sum(r["n_correct"] == "0" for r in g if r["seed"] == "0")
        rows.append([f"{c:.3g}", str(len({r["seed"] for r in g})), *(f"{of(b):.3f}" for b in [*names, "all"]), str(unsolved)])
    table(["FLOP", "seeds", *(f"bucket {b}" for b in names), "all", "unsolved"], rows)


def harmonic(n):
    return np.concatenate([[0.0], np.cumsum(1 / np.arange(1, n + 1))])


def estimators():
    """Estimators of −ln p from n draws against the exact p: error as seen, error and sd as the binomial distribution has them, by n·p."""
    cells = [(int(r["n_samples"]), int(r["n_correct"]), float(r["exact_ln_p"])) for r in read("pass_counts.csv")]
    n = cells[0][0]
    counts, h = np.arange(n + 1), harmonic(n)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    choose = log_factorial[n] - log_factorial - log_factorial[::-1]
    kinds = {"H_n − H_c": h[n] - h, "−ln((c + ½)/(n + ½))": -np.log((counts + 0.5) / (n + 0.5))}
    rows = []
    for low, high in ((0, 0.1), (0.1, 1), (1, 10), (10, 100), (100, n)):
        inside = [(c, lp) for _, c, lp in cells if low <= n * math.exp(lp) < high]
        for kind, value in kinds.items():
            seen, bias, variance = [], [], []
            for c, lp in inside:
                pmf = np.exp(choose + counts * lp + (n - counts) * math.log1p(-math.exp(lp)))
                expected = float(pmf @ value)
                seen.append(float(value[c]) + lp)
                bias.append(expected + lp)
                variance.append(float(pmf @ (value - expected) ** 2))
            off = [s - b for s, b in zip(seen, bias)]
            rows.append([f"{low:g}–{high:g}", kind, str(len(inside)), f"{mean(seen):+.3f}", f"{mean(bias):+.3f}", f"{math.sqrt(sum(variance)) / len(inside):.3f}",
                         f"{math.sqrt(mean(x * x for x in off)):.3f}", f"{math.sqrt(mean(variance)):.3f}"])
    table(["n·p", "estimator", "cells", "mean error", "its expectation", "± 1 se", "rms scatter", "expected"], rows)


def cost():
    rows = []
    for name in ("sweeps.csv", "runs.csv"):
        r = read(name)
        rows.append([name, str(len(r)), f"{sum(float(x['flops']) for x in r):.3g}", f"{sum(float(x['cpu_seconds']) for x in r) / 60:.0f}"])
    table(["file", "runs", "FLOP", "minutes of one core"], rows)


if __name__ == "__main__":
    for what in sys.argv[1:] or ["runs", "noise", "passes", "estimators", "sweeps", "cost"]:
        print(f"{what}\n")
        {"runs": runs, "noise": noise, "sweeps": sweeps, "passes": passes, "estimators": estimators, "cost": cost}[what]()
