"""Listeners for the progress of a computation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def listener(progress: Any) -> Iterator[Callable[[int, int], object] | None]:
    """The function that the native module calls with the steps done and the steps expected.

    ``True`` shows a bar of tqdm, a class or a bar of tqdm is used as it is, and anything else is
    called with the two numbers.
    """
    if progress is None or progress is False:
        yield None
        return
    if progress is True:
        from tqdm.auto import tqdm

        progress = tqdm
    if isinstance(progress, type):
        with progress(total=0) as bar:
            yield _on(bar)
    elif hasattr(progress, "update") and hasattr(progress, "total"):
        yield _on(progress)
    elif callable(progress):
        yield progress
    else:
        raise TypeError(
            "progress is True, a class or a bar of tqdm, or a function of (done, expected)"
        )


def _on(bar: Any) -> Callable[[int, int], None]:
    def hear(done: int, expected: int) -> None:
        bar.total = expected
        bar.update(done - bar.n)

    return hear
