"""The `chinchilla` package beside Scalewise on L(N, D): python package.py [STARTS_A_DIMENSION]

The same simulated runs (`cargo run --release -p studies --bin peers -- surface`), the same objective (Huber's loss of log residuals, δ = 1e-3; the package takes its mean
where Scalewise takes its sum, which has the same minimum). The package searches from a grid of starts by BFGS with numerical derivatives; time is
processor time of all its processes. Needs `pip install chinchilla`.
"""
import csv
import io
import itertools
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from chinchilla import Chinchilla

ROOT = Path(__file__).resolve().parents[2]
DELTA = 1e-3


def huber_of_logs(y_true, y_pred):
    r = np.abs(np.log(y_true) - np.log(y_pred))
    return np.where(r <= DELTA, 0.5 * r * r, DELTA * (r - 0.5 * DELTA))


def processor():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main():
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    done = subprocess.run(["cargo", "run", "--release", "--quiet", "-p", "studies", "--bin", "peers", "--", "surface"], cwd=ROOT, check=True, capture_output=True, text=True)
    runs = list(csv.DictReader(io.StringIO(done.stdout)))
    n, d, loss = (np.array([float(r[k]) for r in runs]) for k in ("n_params", "n_tokens", "loss"))
    with tempfile.TemporaryDirectory() as folder:
        grid = {"E": (0.8, 2.2), "A": (3.0, 8.0), "B": (4.0, 10.0), "alpha": (0.2, 0.6), "beta": (0.2, 0.6)}
        spaced = {k: np.linspace(*ends, each) for k, ends in grid.items()}
        spaced = {"E": np.exp(np.log(spaced["E"])), "A": np.exp(spaced["A"]), "B": np.exp(spaced["B"]), "alpha": spaced["alpha"], "beta": spaced["beta"]}
        package = Chinchilla(folder, param_grid=spaced, loss_fn=huber_of_logs, log_level=50)
        for row in zip(n, d, loss):
            package.append(C=6 * row[0] * row[1], N=row[0], D=row[1], loss=row[2])
        began = processor()
        package.fit(parallel=True)
        spent = processor() - began
    predicted = package.E + package.A / n**package.alpha + package.B / d**package.beta
    reached, ours = huber_of_logs(loss, predicted).sum(), float(runs[0]["objective"])
    starts = len(list(itertools.product(*spaced.values())))
    micro = float(runs[0]["fit_microseconds"])
    print("| | Scalewise | chinchilla 0.2.0 |\n|---|---|---|")
    print(f"| search | scan of both exponents | {starts} starts of BFGS |")
    print(f"| objective | {ours:.9e} | {reached:.9e} ({reached / ours - 1:+.1e}) |")
    print(f"| processor time | {micro / 1000:.2f} ms | {spent:.1f} s ({spent / micro * 1e6:,.0f} times) |")


if __name__ == "__main__":
    main()
