"""Writes files atomically, and never over files that cannot be made again."""

from __future__ import annotations

import os

from ._scalewise import FileError

_KEPT = (b'"scalewise.law"', b'"scalewise.registered"', b'"scalewise.score"')


def keep(path: str) -> None:
    """Refuses to replace a law file, an entry or a score."""
    try:
        with open(path, "rb") as file:
            opening = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError:
        return
    if opening.startswith(b"{") and any(word in opening for word in _KEPT):
        raise FileError(
            f"{path}: it is a law file, a registered entry or a score, and is not overwritten\n  hint: name another file"
        )


def write(path: str, data: str | bytes, *, replace: bool) -> None:
    """Writes a file atomically, so that nobody sees a part of it."""
    content = data.encode() if isinstance(data, str) else data
    try:
        path = os.path.realpath(path)
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as special:
                special.write(content)
            return
        beside = f"{path}.{os.getpid()}.part"
        handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                os.replace(beside, path)
            else:
                # Fails if the file exists, even if it was created only just now.
                os.link(beside, path)
                os.unlink(beside)
        except BaseException:
            os.unlink(beside)
            raise
    except FileExistsError:
        raise FileError(
            f"{path}: it exists already and is not overwritten\n  hint: name another file"
        ) from None
    except OSError as error:
        raise FileError(f"{path}: cannot be written: {error.strerror}") from error
