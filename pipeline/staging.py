"""Several files written together, whole or not at all: made in a folder beside their places, then moved; what a killed
write left behind is taken away by the next one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import InputError
from pipeline.serialize import write_whole

STAGING = ".write-"


def write_together(folder: Path, files: Iterable[tuple[str, bytes | str]]) -> list[Path]:
    """Write all files (name, content) into `folder` or none; returns their paths. `files` may make them one by one: when it
    raises, nothing is written. Raises InputError for a folder that cannot be written into."""
    fresh = not folder.exists()
    made: list[str] = []
    try:
        with Lock(folder):
            for left in folder.glob(f"{STAGING}*.tmp"):
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=STAGING, suffix=".tmp", dir=folder, ignore_cleanup_errors=True) as staging:
                for name, data in files:
                    write_whole(Path(staging) / name, data)
                    made.append(name)
                _move(Path(staging), folder, made)
    except OSError as error:
        raise InputError(str(folder), f"cannot be written ({error.strerror})", "see that there is room and leave") from None
    finally:
        if fresh and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return [folder / name for name in made]


def _move(staging: Path, folder: Path, names: Iterable[str]) -> None:
    """All files to their places; refused before the first is moved where a folder stands in a file's place."""
    taken = next((folder / name for name in names if (folder / name).is_dir()), None)
    if taken is not None:
        raise InputError(str(taken), "is a folder where a file is to be written", "move it, or choose another place")
    for name in names:
        (staging / name).replace(folder / name)


def sweep(folder: Path) -> None:
    """Remove what a killed write left behind. Only while the lock is held: a live write has such a file too."""
    for path in list(folder.rglob(".*.tmp")) if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


class Lock:
    """One run at a time on a folder: an advisory lock on the folder itself, so that nothing is written for it.

    It ends with the process, however that ends. Where folders cannot be locked there is none: every write is whole
    all the same, and the ledger finds what two runs left in disorder.
    """

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(str(folder), f"cannot be made ({error.strerror})", "choose another place") from None
        self.folder = folder
        self._handle: int | None = None

    def take(self, wait: bool) -> bool:
        """Take the lock; False when another process has it and `wait` is False."""
        try:
            import fcntl
        except ImportError:
            return True
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(handle)
            return False
        except OSError:
            os.close(handle)
            return True
        self._handle = handle
        return True

    def __enter__(self) -> Lock:
        self.take(wait=True)
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Give it back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
