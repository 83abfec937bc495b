"""A training log to one row a run: Scalewise beside pandas, on the same file in one run.

    cargo build --release -p studies --bin training_log && cargo build --release
    target/release/training_log make 5000 log.csv
    python3 benches/peers/reduce_log.py log.csv 3
    python3 benches/peers/reduce_log.py log.csv 12 "reduce last"     # of ours, only this one, and pandas

Every reading is a process of its own: its wall time, processor time and peak memory are what the system says. Rounds, by default 2, alternate
between the readings; of each the best is shown and the ratios of the rounds, before each the file is brought into the system's cache. CARGO_TARGET_DIR is honoured.
A third word leaves out the readings without it, but never pandas with its own engine.
"""

import os
import resource
import statistics
import subprocess
import sys
import time

TARGET = os.path.join(os.environ.get("CARGO_TARGET_DIR", "target"), "release")

# Only the needed columns, names of runs as categories: the fastest variant that was tried.
PANDAS = """
import sys, pandas
log = pandas.read_csv(sys.argv[1], usecols=["run", "step", "flops", "loss"], dtype={"run": "category"}, engine=ENGINE)
last = log.groupby("run", observed=True, sort=False).last()
print(last.loss.iloc[0], last.loss.iloc[-1])
"""


def pandas(engine):
    return [sys.executable, "-c", PANDAS.replace("ENGINE", repr(engine)), LOG]


def scalewise(rule):
    return [os.path.join(TARGET, "scalewise"), "fit", LOG, "--reduce", rule, "--format", "csv"]


def into_cache():
    # A reading that takes much memory evicts the file from the cache.
    with open(LOG, "rb") as log:
        while log.read(1 << 24):
            pass


def run(command):
    into_cache()
    before = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - before
    if status and not (os.WIFEXITED(status) and os.WEXITSTATUS(status) in (0, 5)):
        return None
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def ratios(rounds, reference, name, which):
    """The ratio of the times of two readings: the median of the rounds, and their range."""
    found = [made[reference][which] / made[name][which] for made in rounds]
    return f"{statistics.median(found):.1f} ({min(found):.1f} to {max(found):.1f})"


def main():
    readings = {
        "scalewise --reduce last": scalewise("last"),
        "scalewise --reduce tail=10%": scalewise("tail=10%"),
        "scalewise --reduce smooth-min=5": scalewise("smooth-min=5"),
        "csv::ByteRecord, nothing done": [os.path.join(TARGET, "examples", "training_log"), "read", LOG],
        "pandas, engine c": pandas("c"),
        "pandas, engine pyarrow": pandas("pyarrow"),
    }
    reference = "pandas, engine c"
    readings = {name: command for name, command in readings.items() if ONLY in name or name == reference}
    size = os.path.getsize(LOG) / 1e6
    rounds = [{name: run(command) for name, command in readings.items()} for _ in range(ROUNDS)]
    print(f"{size:.0f} MB, {os.cpu_count()} processors, best of {ROUNDS} rounds\n")
    print("| reading | wall s | processor s | MB/s | peak MB | wall: pandas over it | processor: pandas over it |\n|---|---|---|---|---|---|---|")
    for name in readings:
        found = [made[name] for made in rounds]
        if not all(found):
            print(f"| {name} | failed | | | | | |")
            continue
        wall, processor, peak = map(min, zip(*found))
        print(f"| {name} | {wall:.1f} | {processor:.1f} | {size / wall:.0f} | {peak:.0f} | {ratios(rounds, reference, name, 0)} | {ratios(rounds, reference, name, 1)} |")


if __name__ == "__main__":
    LOG = sys.argv[1]
    ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 2
    ONLY = sys.argv[3] if len(sys.argv) > 3 else ""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
