"""Would calibrated forecasts of two curves make a calibrated interval of their multiplier?

    python studies/references/versus_pairs.py PROGRAM FOLDER

FOLDER holds runs.csv and targets.csv of published curves that were cut somewhere. Each pair of
curves of one set is compared: B at its target C, where its loss is known, and A at the compute m*C
at which its own curve, read beyond the cut by log-log interpolation, really has that loss. An
interval of m of all values at which the calibrated forecasts of both losses differ by no more than
both half-widths in quadrature holds if they do so at the true m. Printed is how often it does, a
source at a time: as it is, and with half-widths times the factor that the other sources ask for.
"""

import csv
import math
import subprocess
import sys
import tempfile
from collections import defaultdict
from itertools import permutations
from pathlib import Path

LEVEL = 0.9
# Largest distance in ln C between the cuts of two curves of a pair.
APART = 0.7
# Fewest pairs from which a source is judged.
FEWEST = 5


def crossing(points, loss):
    """The compute at which a curve reaches this loss."""
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if y0 > loss >= y1 > 0:
            part = math.log(y0 / loss) / math.log(y0 / y1)
            return x0 * (x1 / x0) ** part
    return None


def pairs(folder):
    runs, curves = defaultdict(list), defaultdict(dict)
    for row in csv.DictReader(open(folder / "runs.csv")):
        runs[row["case"]].append((float(row["compute"]), float(row["loss"])))
    sets = defaultdict(list)
    for row in csv.DictReader(open(folder / "targets.csv")):
        key = (row["source"], row["set"], row["curve"])
        target = (float(row["compute"]), float(row["loss"]))
        curves[key].update(runs[row["case"]] + [target])
        last = max(x for x, _ in runs[row["case"]])
        sets[key[:2]].append((row["case"], key, last, target))
    found = []
    for (source, _), cases in sets.items():
        for (a, of_a, last, _), (b, of_b, other, (compute, loss)) in permutations(cases, 2):
            if of_a == of_b or abs(math.log(last / other)) > APART or loss <= 0:
                continue
            beyond = sorted(p for p in curves[of_a].items() if p[0] >= last)
            if (reached := crossing(beyond, loss)) is not None:
                found.append((source, a, reached, b, compute))
    return runs, found


def forecasts(program, runs, wanted):
    """The middle and the half-width of each calibrated interval, as logarithms."""
    with tempfile.TemporaryDirectory() as folder:
        table, targets = Path(folder) / "runs.csv", Path(folder) / "targets.csv"
        cases = sorted({case for case, _ in wanted})
        rows = [f"{case},{x!r},{y!r}" for case in cases for x, y in runs[case]]
        table.write_text("\n".join(["case,compute,loss", *rows]) + "\n")
        rows = [f"{case},{x!r}" for case, x in sorted(wanted)]
        targets.write_text("\n".join(["case,compute", *rows]) + "\n")
        asked = f"forecast {table} --by case --targets {targets} --level {LEVEL}"
        asked += " --method calibrated --format csv -q --force"
        text = subprocess.run([program, *asked.split()], capture_output=True, text=True).stdout
    found = {}
    for row in csv.DictReader(text.splitlines()):
        if row["lower"] and float(row["lower"]) > 0:
            low, high = math.log(float(row["lower"])), math.log(float(row["upper"]))
            found[row["series"], float(row["compute"])] = ((low + high) / 2, (high - low) / 2)
    return found


def share(ratios, factor):
    return sum(ratio <= factor for ratio in ratios) / len(ratios)


def main():
    runs, found = pairs(Path(sys.argv[2]))
    wanted = {(a, x) for _, a, x, _, _ in found} | {(b, c) for _, _, _, b, c in found}
    known = forecasts(sys.argv[1], runs, wanted)
    ratios = defaultdict(list)
    for source, a, x, b, c in found:
        if (a, x) in known and (b, c) in known:
            (p, v), (q, w) = known[a, x], known[b, c]
            ratios[source].append(abs(p - q) / math.hypot(v, w))
    ratios = {source: all_ for source, all_ in ratios.items() if len(all_) >= FEWEST}
    plain, left_out = [], []
    for source, own in ratios.items():
        others = [all_ for other, all_ in ratios.items() if other != source]
        low, high = 0.01, 20.0
        for _ in range(60):
            middle = (low + high) / 2
            enough = sum(share(one, middle) for one in others) / len(others) >= LEVEL
            low, high = (low, middle) if enough else (middle, high)
        plain.append(share(own, 1.0))
        left_out.append(share(own, high))
        print(
            f"{source:10} {len(own):5} pairs: {100 * plain[-1]:5.1f} %, "
            f"with the factor of the others ({high:.2f}) {100 * left_out[-1]:5.1f} %"
        )
    mean = lambda all_: 100 * sum(all_) / len(all_)
    print(f"mean of the sources: {mean(plain):.1f} %, with the factors {mean(left_out):.1f} %")


if __name__ == "__main__":
    main()
