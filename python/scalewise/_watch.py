"""Watches a training run from inside its loop."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from ._results import RunEnd
from ._scalewise import NoFitError
from ._verbs import curve


def _say(answer: RunEnd) -> None:
    """One line with the forecast."""
    about = answer.to_dict()
    ends = about["intervals"][0]
    print(
        f"{about['axis']} {about['now']:g}: at {about['end']:g} the loss will be "
        f"{about['point']:.4f}, {100 * ends['level']:g}% interval "
        f"{ends['lower']:.4f} to {ends['upper']:.4f}"
    )


class Watch:
    """Forecasts the end of a training run each time that a loss is logged.

    Parameters
    ----------
    end : quantity, optional
        The step at which the run will end. The callback of a Trainer finds it by itself.
    every : int
        A forecast is made after this many losses.
    on_forecast : callable, optional
        Called with each :class:`RunEnd`; prints a line by default.
    **keywords
        Keywords of :func:`curve`, such as ``schedule``, ``prior`` and ``level``.

    Examples
    --------
    >>> import scalewise
    >>> watch = scalewise.Watch(end=10_000, schedule="constant", every=50, on_forecast=None)
    >>> for step in range(50, 5050, 50):
    ...     answer = watch.log(step, 2 + 30 / step**0.5)
    >>> round(watch.last.point, 2)
    2.3
    """

    def __init__(
        self,
        end: Any = None,
        *,
        every: int = 1,
        on_forecast: Callable[[RunEnd], object] | None = _say,
        **keywords: Any,
    ) -> None:
        self.end, self.every, self.on_forecast = end, max(1, every), on_forecast
        self.keywords = keywords
        self.last: RunEnd | None = None
        self._steps: list[float] = []
        self._losses: list[float] = []
        self._rates: list[float | None] = []

    def log(self, step: float, loss: float, lr: float | None = None) -> RunEnd | None:
        """Takes the loss at a step, and gives the forecast where one is made.

        Parameters
        ----------
        step, loss : float
            The step, and the loss there.
        lr : float, optional
            The learning rate there.
        """
        self._steps.append(float(step))
        self._losses.append(float(loss))
        self._rates.append(None if lr is None else float(lr))
        if len(self._steps) % self.every:
            return None
        return self.forecast()

    def forecast(self) -> RunEnd | None:
        """The forecast from the logged losses; None if they are too few or the run has ended."""
        if self.end is None or not self._steps or self._steps[-1] >= float(self.end):
            return None
        columns: dict[str, Any] = {"step": self._steps, "loss": self._losses}
        if any(rate is not None for rate in self._rates):
            nan = float("nan")
            columns["lr"] = [nan if rate is None else rate for rate in self._rates]
        try:
            self.last = curve(columns, end=self.end, **self.keywords)
        except NoFitError:
            return None
        if self.on_forecast is not None:
            self.on_forecast(self.last)
        return self.last

    def trainer_callback(self) -> Any:
        """A callback for the Trainer of Hugging Face, which imports ``transformers``.

        It takes the training loss and the learning rate of each log, and the end from the Trainer's
        last step where none was given.
        """
        # Imported here, so that watching one's own loop does not need it.
        trainer: Any = import_module("transformers")
        watch = self

        class _Callback(trainer.TrainerCallback):  # type: ignore[misc]
            def on_log(
                self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any
            ) -> None:
                if watch.end is None:
                    watch.end = state.max_steps
                if logs and "loss" in logs:
                    watch.log(state.global_step, logs["loss"], logs.get("learning_rate"))

        return _Callback()
