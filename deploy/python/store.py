"""A folder as `wasi:keyvalue/store`: a file per key, atomic and durable. For one call at a time; see host.py.

Values are kept as they are: encryption at rest is the folder's, for instance an encrypted volume.
"""

import os
from pathlib import Path

UNFINISHED = "~"


class Folder:
    """One office's keys."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)

    def _file(self, key):
        # Keys are made of A-Z a-z 0-9 - / _ = . only; all but the slash can stand in a name.
        return self.path / ("k" + key.replace("/", "+"))

    def get(self, key):
        try:
            return self._file(key).read_bytes()
        except FileNotFoundError:
            return None

    def set(self, key, value):
        file = self._file(key)
        beside = file.with_name(file.name + UNFINISHED)
        with open(beside, "wb") as unfinished:
            unfinished.write(value)
            unfinished.flush()
            os.fsync(unfinished.fileno())
        # The key holds the old value or the new one, whatever happens in between.
        os.replace(beside, file)

    def delete(self, key):
        self._file(key).unlink(missing_ok=True)

    def exists(self, key):
        return self._file(key).exists()

    def keys(self):
        names = (file.name for file in self.path.iterdir())
        return sorted(name[1:].replace("+", "/") for name in names if not name.endswith(UNFINISHED))
