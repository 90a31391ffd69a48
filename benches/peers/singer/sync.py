"""Brings AdvocaatCentraal (AC) to Tribe CRM with a Singer tap and target: `sync.py SETTINGS.toml STATE_FOLDER`."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
QUIET = {"TAP_ADVOCAATCENTRAAL_LOGLEVEL": "WARNING", "TARGET_TRIBE_LOGLEVEL": "WARNING"}


def main() -> None:
    settings_file, state_folder = map(Path, sys.argv[1:])
    state_folder.mkdir(parents=True, exist_ok=True)
    links, state = state_folder / "links.sqlite", state_folder / "state.json"
    settings = tomllib.loads(settings_file.read_text("utf-8"))
    settings |= {"links": str(links), "add_record_metadata": False}
    goes_on = state.exists()
    before = organisations(links)
    # Only its owner may read it.
    with tempfile.NamedTemporaryFile("w", suffix=".json") as config:
        json.dump(settings, config)
        config.flush()
        pipe(config.name, state)
        if goes_on and organisations(links) > before:
            # A new organisation may have contact persons that did not change since: all of them are read.
            forget(state, "contactpersonen")
            pipe(config.name, state)


def pipe(config: str, state: Path) -> None:
    """Runs the tap into the target, and keeps the last state that the target tells."""
    environment = os.environ | QUIET
    from_state = ["--state", str(state)] if state.exists() else []
    tap = subprocess.Popen(
        [sys.executable, str(HERE / "tap.py"), "--config", config, *from_state],
        stdout=subprocess.PIPE,
        env=environment,
    )
    target = subprocess.Popen(
        [sys.executable, str(HERE / "target.py"), "--config", config],
        stdin=tap.stdout,
        stdout=subprocess.PIPE,
        env=environment,
    )
    # The target alone holds the pipe, so that the tap ends where the target fails.
    tap.stdout.close()
    told = target.communicate()[0].splitlines()
    codes = target.returncode, tap.wait()
    if any(codes):
        sys.exit(f"target and tap ended with {codes}")
    if told:
        keep(state, json.loads(told[-1]))


def keep(state: Path, content: dict[str, Any]) -> None:
    """Writes the state beside the old one, and puts it in its place."""
    new = state.with_suffix(".new")
    new.write_text(json.dumps(content), "utf-8")
    new.replace(state)


def forget(state: Path, stream: str) -> None:
    content = json.loads(state.read_text("utf-8"))
    content["bookmarks"].pop(stream, None)
    keep(state, content)


def organisations(links: Path) -> int:
    """How many organisations are in Tribe."""
    if not links.exists():
        return 0
    database = sqlite3.connect(links)
    count = database.execute("select count(*) from link where entity_set = 'Relation_Organization'").fetchone()[0]
    database.close()
    return count


if __name__ == "__main__":
    main()
