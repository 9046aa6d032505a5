"""The records of one large site, made by several processes at once.

A process is forked when everything is planned: it sees all that the site is made of without a copy, takes
records from a queue a handful at a time, or the search index, writes their files where they belong, and at
the end tells what it wrote. Who makes what changes nothing in the bytes; where a system cannot fork, one
process makes all.

The queue is a pipe that holds a token for each handful and is closed for writing: whoever reads one has it,
and its end is the end of the work. So nobody hands out, and nobody waits for who does.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol

from site_builder.errors import BuildError
from site_builder.pelican_site.files import PlannedFile, PlannedRecord, PlannedSearch

MANY = 400
"""Records for which it pays to start other processes."""
HANDFUL = 25
APART = sys.platform == "linux"
"""Whether a process may be forked here that goes on with what this one has; elsewhere libraries forbid it."""
_TOKEN = 4
"""Bytes. A pipe gives what is smaller than its page whole or not at all."""
_TOKENS = 4000
"""At most, since all have to lie in the pipe at once."""


class Shared(Protocol):
    """What several processes fill together, each its own part."""

    def part(self) -> None:
        """From now on, in a process of its own: forget what was there, so that `told` tells the rest."""

    def told(self) -> Any:
        """What came since, as plain data that another process can be sent."""

    def add(self, told: Any) -> None:
        """Take what another process told."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """The first file of a process that could not be made."""

    place: int
    error: Exception


def put_all(
    files: Sequence[PlannedFile],
    put: Callable[[PlannedFile], None],
    shared: Sequence[Shared],
    processes: int,
) -> None:
    """Call `put` for each file, in up to `processes` processes; `shared` is all that `put` fills.

    Raises what the first file in order raises that cannot be made, as one process would, and BuildError if a
    process dies. No other process is left behind, whatever is raised.
    """
    records = [place for place, file in enumerate(files) if isinstance(file, PlannedRecord)]
    heavy = [place for place, file in enumerate(files) if isinstance(file, PlannedSearch) and file.heavy]
    little = len(records) < MANY and not heavy
    if processes < 2 or little or not APART or _clash(files):
        for file in files:
            put(file)
        return
    size = max(HANDFUL, -(-len(records) // _TOKENS))
    handfuls = [records[start : start + size] for start in range(0, len(records), size)]
    handfuls[:0] = [[place] for place in heavy]  # what takes longest comes first
    apart = {*records, *heavy}
    alone = [place for place in range(len(files)) if place not in apart]
    with _Queue(handfuls) as queue:
        work = _Work(files, put, queue)
        with _Helpers(work, shared, processes - 1) as helpers:
            failures = [*work.alone(alone), *work.taken()]
            for failure, told in helpers.results():
                failures += failure
                for thing, part in zip(shared, told, strict=True):
                    thing.add(part)
    if failures:
        raise min(failures, key=lambda failure: failure.place).error


def _clash(files: Sequence[PlannedFile]) -> bool:
    """Whether two records have a path in common: one process alone notices at once which comes second."""
    found = [path for file in files if isinstance(file, PlannedRecord) for path in file.paths]
    return len(set(found)) < len(found)


class _Queue:
    def __init__(self, handfuls: Sequence[Sequence[int]]) -> None:
        self._handfuls = handfuls
        self._reader, writer = os.pipe()
        try:
            for number in range(len(handfuls)):
                os.write(writer, number.to_bytes(_TOKEN, "big"))
        finally:
            os.close(writer)

    def __enter__(self) -> _Queue:
        return self

    def __exit__(self, *raised: object) -> None:
        os.close(self._reader)

    def __iter__(self) -> Iterator[Sequence[int]]:
        while token := os.read(self._reader, _TOKEN):
            yield self._handfuls[int.from_bytes(token, "big")]

    def end(self) -> None:
        """Leave nothing for anybody: what comes before in order is in somebody's hands already."""
        for _ in self:
            pass


class _Work:
    def __init__(
        self, files: Sequence[PlannedFile], put: Callable[[PlannedFile], None], queue: _Queue
    ) -> None:
        self._files, self._put, self._queue = files, put, queue

    def alone(self, places: Sequence[int]) -> list[_Failure]:
        return self._made(places)

    def taken(self) -> list[_Failure]:
        """Make what can be taken from the queue, up to a failure."""
        for handful in self._queue:
            if failures := self._made(handful):
                self._queue.end()
                return failures
        return []

    def _made(self, places: Sequence[int]) -> list[_Failure]:
        for place in places:
            try:
                self._put(self._files[place])
            except Exception as error:
                return [_Failure(place, error)]
        return []


class _Helpers:
    """Processes that take from the queue until it is empty."""

    def __init__(self, work: _Work, shared: Sequence[Shared], count: int) -> None:
        context = multiprocessing.get_context("fork")
        self._running: list[tuple[Any, Connection]] = []
        # Ctrl-C reaches the whole group, and only the parent decides: others inherit that it is blocked.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            for _ in range(count):
                ours, theirs = context.Pipe(duplex=False)
                process = context.Process(target=_help, args=(work, shared, theirs, os.getpid()), daemon=True)
                process.start()
                theirs.close()
                self._running.append((process, ours))
        except BaseException:
            self._end()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def __enter__(self) -> _Helpers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        for process, connection in self._running:
            process.terminate()
            process.join()
            connection.close()

    def results(self) -> Iterator[tuple[list[_Failure], Sequence[Any]]]:
        """What each process failed at and what it told, when it has done."""
        for _, connection in self._running:
            try:
                yield connection.recv()
            except EOFError as error:
                raise BuildError(
                    "a process that made its pages died: look at the system's log for a lack of memory",
                    code="process-died",
                ) from error


def _help(work: _Work, shared: Sequence[Shared], told: Connection, parent: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=end_with, args=(parent,), daemon=True).start()
    gc.freeze()  # to look for garbage in what came along would make a copy of it
    for thing in shared:
        thing.part()
    failures = [_Failure(one.place, _told(one.error)) for one in work.taken()]
    told.send((failures, [thing.told() for thing in shared]))
    told.close()


def _told(error: Exception) -> Exception:
    """An error as it can be sent, with where it came from: a trace stays behind."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def end_with(parent: int) -> None:
    """End this process with its parent, who would otherwise be waited for or written for in vain."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
