"""The parts of an error that was raised in Python, which the native module sets itself."""

from __future__ import annotations

from typing import Any

from ._scalewise import ScalewiseError


class _Part:
    """A part of an error that is read from its text if it was not set."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, error: ScalewiseError | None, kind: type[ScalewiseError]) -> Any:
        if error is None:
            return self
        message, _, hint = str(error).partition("\n  hint: ")
        return {"message": message, "hint": hint or None, "remedies": []}[self._name]


for _name in ("message", "hint", "remedies"):
    setattr(ScalewiseError, _name, _Part(_name))
