"""Brings AdvocaatCentraal (AC) to Tribe CRM with nothing but `requests`: `sync.py SETTINGS.toml STATE_FOLDER`.

It reads what changed since the last run, some rows at a time, and notes how far it came after each.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

import requests  # noqa: E402

from mapping import Json  # noqa: E402
from tribe import SECONDS_TO_ANSWER, Links, Tribe  # noqa: E402

ROWS_A_PAGE = 100
BEGINNING = "1970-01-01T00:00:00Z"


class AdvocaatCentraal:
    """The lists of one office."""

    def __init__(self, settings: Json) -> None:
        self._url = f"{settings['advocaatcentraal-url']}/offices/{settings['office']}"
        self._session = requests.Session()
        header = settings.get("advocaatcentraal-key-header", "X-Api-Key")
        self._session.headers[header] = settings["advocaatcentraal-key"]

    def pages(self, of_list: str, since: str) -> Iterator[list[Json]]:
        """The rows that changed at that stamp or later, oldest first."""
        query: Json | None = {"aantal": ROWS_A_PAGE, "gewijzigd_vanaf": since}
        while query is not None:
            answer = self._session.get(f"{self._url}/{of_list}", params=query, timeout=SECONDS_TO_ANSWER)
            answer.raise_for_status()
            page = answer.json()
            yield page[of_list]
            query = {**query, "na": page["volgende"]} if page["volgende"] else None


class Cursors:
    """How far each list was read, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamps: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}

    def __getitem__(self, of_list: str) -> str:
        return self._stamps.get(of_list, BEGINNING)

    def __setitem__(self, of_list: str, stamp: str) -> None:
        self._stamps[of_list] = stamp
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(self._stamps), "utf-8")
        new.replace(self._file)


def main() -> None:
    settings_file, state_folder = map(Path, sys.argv[1:])
    state_folder.mkdir(parents=True, exist_ok=True)
    settings = tomllib.loads(settings_file.read_text("utf-8"))
    ac = AdvocaatCentraal(settings)
    tribe = Tribe(settings, requests.Session(), Links(state_folder / "links.sqlite"))
    cursors = Cursors(state_folder / "cursors.json")

    def bring(of_list: str, to_tribe: Callable[[list[Json]], None]) -> None:
        for rows in ac.pages(of_list, cursors[of_list]):
            to_tribe(rows)
            if rows:
                cursors[of_list] = rows[-1]["gewijzigd"]

    bring("relaties", tribe.bring_relations)
    if tribe.made_organisations:
        # They may have contact persons that did not change since.
        cursors["contactpersonen"] = BEGINNING
    bring("contactpersonen", tribe.bring_contact_persons)


if __name__ == "__main__":
    main()
