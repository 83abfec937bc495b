"""Trains six runs of one size: three learning-rate schedules, two lengths each.

usage: python train.py WORK --until half      trains every run to half of its length, and stops
       python train.py WORK --until end       goes on from there

WORK holds train.bin and held_out.bin, as ../ladder/corpus.py writes them, and gets the state of the
runs at half time. A log is written beside this program for each run. The model, the optimiser and
the text are those of ../ladder; only the schedule differs.
"""
import argparse
import csv
import math
import os
import sys
from functools import partial
from pathlib import Path

# One thread a process: small models train faster so, and two runs can train side by side.
os.environ["XLA_FLAGS"] = (
    os.environ.get("XLA_FLAGS", "")
    + " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "ladder"))

import jax
import jax.numpy as jnp
import numpy as np

from ladder import claim, texts_of
from model import Shape, initial, losses
from train import CHUNK, adam, evaluate_batch, windows_of

SHAPE = Shape(width=64, heads=4)
BATCH, PEAK, SEED = 4, 0.007, 0
LENGTHS = (4000, 8000)
WARMUP, DECAY = 0.05, 0.2  # shares of the run
EVERY = 100  # steps between evaluations
HELD_OUT_WINDOWS = 512


def cosine(step, steps):
    """From the peak to a tenth of it."""
    warmup = WARMUP * steps
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup)))


def linear(step, steps):
    """From the peak to nothing."""
    return (steps - step) / (steps - WARMUP * steps)


def wsd(step, steps):
    """The peak, and a linear fall to nothing over the last fifth."""
    return min(1.0, (steps - step) / (DECAY * steps))


SHAPES = {"cosine": cosine, "linear": linear, "wsd": wsd}


def rates(schedule, steps):
    """The learning rate of each step from 1 to the last, after a linear rise from nothing."""
    warmup = WARMUP * steps
    whole = lambda t: min(1.0, t / warmup) if t < warmup else SHAPES[schedule](t, steps)
    return np.array([PEAK * whole(t) for t in range(1, steps + 1)], np.float32)


@partial(jax.jit, donate_argnums=0)
def train_chunk(state, windows, first, rates):
    """windows [CHUNK, batch, context + 1]: CHUNK steps, and the training loss of each."""

    def one(state, item):
        step, batch, rate = item
        params, mean, square = state
        loss, gradient = jax.value_and_grad(lambda p: losses(SHAPE, p, batch).mean())(params)
        return adam(params, mean, square, gradient, step, rate), loss

    steps = first + jnp.arange(CHUNK, dtype=jnp.float32)
    return jax.lax.scan(one, state, (steps, windows.astype(jnp.int32), rates))


def held_out(params, text):
    """Mean loss of the same windows at every evaluation."""
    count = (len(text) - 1) // SHAPE.context
    chosen = np.random.default_rng(7).choice(count, HELD_OUT_WINDOWS, replace=False)
    starts = SHAPE.context * np.sort(chosen)
    parts = np.split(starts, HELD_OUT_WINDOWS // 64)
    nats = [evaluate_batch(SHAPE, params, windows_of(text, s, SHAPE.context)) for s in parts]
    return float(np.mean([np.asarray(n, np.float64).mean() for n in nats]))


def order_of_windows(text, steps):
    """Starts of the training windows: every run of one length sees the same text in one order."""
    count = (len(text) - 1) // SHAPE.context
    order = np.random.default_rng([SEED, 1]).permutation(count)[: steps * BATCH]
    return SHAPE.context * order.reshape(steps, BATCH)


def loaded(path):
    with np.load(path) as saved:
        part = lambda name: {k[2:]: jnp.asarray(v) for k, v in saved.items() if k[0] == name}
        return part("p"), part("m"), part("s")


def save(path, state):
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = zip("pms", state)
    np.savez(path, **{f"{n}_{k}": np.asarray(v) for n, part in parts for k, v in part.items()})


def train(schedule, steps, until, texts, work):
    name = f"{schedule}-{steps}"
    log, kept = HERE / f"{name}.csv", work / "half" / f"{name}.npz"
    first, last = (0, steps // 2) if until == "half" else (steps // 2, steps)
    if log.exists() and sum(1 for _ in log.open()) - 1 >= last // EVERY:
        return
    training, test = texts
    order, rate = order_of_windows(training, steps), rates(schedule, steps)
    if first:
        state = loaded(kept)
    else:
        params = initial(SHAPE, SEED)
        zeros = lambda: jax.tree.map(jnp.zeros_like, params)
        state = params, zeros(), zeros()
    since = []
    with log.open("a", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        if not first:
            rows.writerow(["step", "lr", "train_loss", "loss"])
        for start in range(first, last, CHUNK):
            windows = windows_of(training, order[start : start + CHUNK], SHAPE.context)
            of = rate[start : start + CHUNK]
            state, chunk = train_chunk(state, windows, np.float32(start), of)
            since.extend(np.asarray(chunk).tolist())
            step = start + CHUNK
            if step % EVERY == 0:
                loss = held_out(state[0], test)
                if not math.isfinite(loss):
                    raise FloatingPointError(f"the loss of {name} is {loss} at step {step}")
                mean = sum(since) / len(since)
                rows.writerow([step, f"{rate[step - 1]:.6g}", f"{mean:.4f}", f"{loss:.5f}"])
                file.flush()
                since = []
                print(name, step, f"{loss:.4f}", flush=True)
    if until == "half":
        save(kept, state)


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("work", type=Path)
    arguments.add_argument("--until", choices=("half", "end"), required=True)
    asked = arguments.parse_args()
    texts, _ = texts_of(asked.work)
    for steps in LENGTHS:
        for schedule in SHAPES:
            held = claim(asked.work / "claims" / f"{schedule}-{steps}")
            if held is not None:
                with held:
                    train(schedule, steps, asked.until, texts, asked.work)


if __name__ == "__main__":
    main()
