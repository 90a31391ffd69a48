"""What a run leaves for the next one, in one SQLite file."""

import json
import os
import sqlite3
from functools import cached_property
from typing import NamedTuple

SCHEMA = """
create table if not exists tribe (marker text primary key, entity_set text, id text, fingerprint text) without rowid;
create table if not exists bound (list text primary key, stamp text, digests text) without rowid;
create table if not exists unfinished (run integer primary key);
"""


class Known(NamedTuple):
    """A record in Tribe, and the fingerprint of what was sent of it; empty if that is not known."""

    entity_set: str
    id: str
    fingerprint: str


class Bound(NamedTuple):
    """How far a list of AC was read: the last stamp, and the digests of the rows that have it."""

    stamp: str = ""
    digests: tuple[str, ...] = ()


class State:
    """Reads all at first use. What is put is stored by `commit`, all of it or nothing."""

    def __init__(self, folder: str) -> None:
        os.makedirs(folder, exist_ok=True)
        self._file = sqlite3.connect(os.path.join(folder, "state.sqlite"))
        self._file.executescript(SCHEMA)
        self._new: dict[str, Known] = {}

    @cached_property
    def known(self) -> dict[str, Known]:
        """Every record in Tribe, by its marker."""
        rows = self._file.execute("select marker, entity_set, id, fingerprint from tribe")
        return {marker: Known(*columns) for marker, *columns in rows}

    def put(self, marker: str, known: Known) -> None:
        self.known[marker] = known
        self._new[marker] = known

    def bound(self, of_list: str) -> Bound:
        row = self._file.execute("select stamp, digests from bound where list = ?", (of_list,)).fetchone()
        return Bound(row[0], tuple(json.loads(row[1]))) if row else Bound()

    def put_bound(self, of_list: str, bound: Bound) -> None:
        row = (of_list, bound.stamp, json.dumps(bound.digests))
        self._file.execute("insert or replace into bound values (?, ?, ?)", row)

    def commit(self) -> None:
        rows = ((marker, *known) for marker, known in self._new.items())
        self._file.executemany("insert or replace into tribe values (?, ?, ?, ?)", rows)
        self._file.commit()
        self._new.clear()

    def begin(self) -> bool:
        """Notes that Tribe will be written to. Tells whether an earlier run did so and never finished."""
        added = self._file.execute("insert or ignore into unfinished values (1)").rowcount
        self._file.commit()
        return added == 0

    def finish(self) -> None:
        self._file.execute("delete from unfinished")
        self._file.commit()
