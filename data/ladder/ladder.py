"""Trains the runs of a plan that are not yet recorded, and records each as it ends.

usage: python ladder.py WORK [--plan plan.toml] [--stage sweep,rung] [--up-to 1e12] [--list]

WORK holds train.bin and held_out.bin (corpus.py) and gets the trained parameters of the rungs. Results are appended to the CSV files beside
this program. Several of these may run at once, one process a core: a run is claimed before it is trained, and a stopped program leaves
nothing behind but a claim that the next one takes over. Runs go by computation, the cheapest first.
"""
import argparse
import csv
import fcntl
import hashlib
import itertools
import json
import os
import platform
import time
import tomllib
from pathlib import Path

# One thread a process is asked for before jax is loaded: two small models on two cores train faster than one on both. jax 0.10 heeds it
# for small models only.
os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import numpy as np

from model import Shape
from train import VERSION, Settings, train

HERE = Path(__file__).parent
RESULTS = {"sweep": "sweeps.csv", "rung": "runs.csv"}


def planned(path):
    """[(stage, Settings)]: every combination of the values that an entry lists, cheapest first."""
    runs = {}
    for entry in tomllib.loads(path.read_text())["runs"]:
        stage = entry.pop("stage")
        values = [v if isinstance(v, list) else [v] for v in entry.values()]
        for combination in itertools.product(*values):
            e = dict(zip(entry, combination))
            shape = Shape(**{k: e.pop(k) for k in ("width", "heads", "layers", "context", "previous") if k in e})
            settings = Settings(shape, **e)
            runs[name_of(stage, settings)] = (stage, settings)
    return sorted(runs.values(), key=lambda r: (r[1].compute, r[0], r[1].seed))


def name_of(stage, s):
    extra = "".join(f"-{k[0]}{getattr(s.shape, k)}" for k in ("layers", "context", "previous") if getattr(s.shape, k) != getattr(Shape, k))
    compute = f"{s.compute:.3g}".replace("e+", "e")
    return f"{stage}-{compute}-w{s.shape.width}h{s.shape.heads}{extra}-b{s.batch}-lr{s.lr:g}-s{s.seed}"


def recorded(path, column="run"):
    if not path.exists():
        return set()
    with path.open(newline="") as f:
        return {row[column] for row in csv.DictReader(f)}


def append(path, rows):
    """Whole rows or none, under a lock; the header if the file is new."""
    with path.open("a", newline="") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        writer = csv.DictWriter(f, rows[0], lineterminator="\n")
        if f.tell() == 0:
            writer.writeheader()
        writer.writerows(rows)


def claim(path):
    """Takes a run for this process: the lock on its file, released by the system however the process ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    f = path.open("w")
    try:
        fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        f.close()
        return None
    return f


def texts_of(work):
    """The two texts, after a check of their digests."""
    digests = json.loads((HERE / "corpus/digests.json").read_text())
    texts = []
    for split in ("train", "held_out"):
        text = (work / f"{split}.bin").read_bytes()
        if hashlib.sha256(text).hexdigest() != digests[split]["sha256"]:
            raise SystemExit(f"{work / split}.bin is not the text of corpus/digests.json: run corpus.py {work}")
        texts.append(np.frombuffer(text, np.uint8))
    return texts, digests["train"]["sha256"][:12]


def train_one(stage, settings, texts, corpus, work):
    name = name_of(stage, settings)
    print(time.strftime("%H:%M:%S"), name, f"{settings.steps} steps, {settings.tokens:.3g} bytes", flush=True)
    cpu = time.process_time()
    row, curve, params = train(settings, *texts, say=lambda line: print(f"    {line}", flush=True))
    cpu = round(time.process_time() - cpu, 1)
    made_by = {"version": VERSION, "corpus": corpus, "jax": jax.__version__, "machine": platform.machine()}
    if stage == "rung":
        (work / "params").mkdir(exist_ok=True)
        np.savez(work / "params" / f"{name}.npz", **{k: np.asarray(v) for k, v in params.items()})
        if name not in recorded(HERE / "curves.csv"):
            append(HERE / "curves.csv", [{"run": name, "step": s, "train_loss_nats": round(x, 4)} for s, x in curve])
    # Last, so that a recorded run is a whole one.
    append(HERE / RESULTS[stage], [{"run": name, "budget": f"{settings.compute:.6g}", **row, "cpu_seconds": cpu, **made_by}])
    print(f"    held-out loss {row['loss']:.4f} nats a byte, {cpu:.0f} s of processor", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("work", type=Path)
    arguments.add_argument("--plan", type=Path, default=HERE / "plan.toml")
    arguments.add_argument("--stage", default="sweep,rung")
    arguments.add_argument("--up-to", type=float, default=0.0, help="train no run of more FLOP than this (default: none, only list)")
    arguments.add_argument("--list", action="store_true", help="only list the runs that are not recorded yet")
    a = arguments.parse_args()
    stages = a.stage.split(",")
    todo = [r for r in planned(a.plan) if r[0] in stages and name_of(*r) not in recorded(HERE / RESULTS[r[0]])]
    if a.list or not a.up_to:
        for stage, s in todo:
            print(name_of(stage, s), f"steps {s.steps} params {s.shape.params} tokens/params {s.tokens / s.shape.params:.0f}")
        return
    jax.config.update("jax_compilation_cache_dir", str(a.work / "compiled"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    texts, corpus = texts_of(a.work)
    for stage, settings in todo:
        if settings.compute > a.up_to:
            continue
        held = claim(a.work / "claims" / name_of(stage, settings))
        if held is None or name_of(stage, settings) in recorded(HERE / RESULTS[stage]):
            continue
        with held:
            train_one(stage, settings, texts, corpus, a.work)


if __name__ == "__main__":
    main()
