"""What came true of a registered forecast, as the flags of `scalewise score`: python outcome.py forecasts/ENTRY.json | xargs scalewise score forecasts/ENTRY.json

The loss of the run of seed 0 at each budget that the entry predicts, or the means of the exact −ln p and of p over the problems of its buckets.
Budgets whose run has not ended are left out.
"""
import csv
import json
import math
import sys
from pathlib import Path
from statistics import mean

HERE = Path(__file__).parent


def read(name):
    with (HERE / name).open(newline="") as f:
        return list(csv.DictReader(f))


def runs_of_seed_0():
    """{budget: name of the run}"""
    return {float(r["budget"]): r for r in read("runs.csv") if r["seed"] == "0"}


def actual(prediction, entry, runs):
    """The value that came true, or None."""
    run = runs.get(prediction["compute"])
    if run is None:
        return None
    if prediction["quantity"] == "loss":
        return float(run["loss"])
    name = prediction["id"].split("/")[0]
    curves = [entry["result"]["overall"], *entry["result"]["buckets"]]
    problems = next(set(c["problems"]) for c in curves if c["name"] == name)
    ln_p = [float(r["exact_ln_p"]) for r in read("pass_counts.csv") if r["model"] == run["run"] and r["problem"] in problems]
    if len(ln_p) != len(problems):
        return None
    return mean(-x for x in ln_p) if prediction["quantity"] == "metric" else mean(math.exp(x) for x in ln_p)


def main():
    entry = json.loads(Path(sys.argv[1]).read_text())
    runs = runs_of_seed_0()
    for prediction in entry["predictions"]:
        value = actual(prediction, entry, runs)
        if value is not None:
            print(f"--actual='{prediction['id']}={value:.6g}'")


if __name__ == "__main__":
    main()
