"""Brings AdvocaatCentraal (AC) to Tribe CRM with dlt: `sync.py SETTINGS.toml STATE_FOLDER`.

AC's lists are resources with an incremental cursor. Tribe is a custom destination, which dlt calls with batches. What
dlt keeps (cursors, schemas, packages on their way) and what the destination keeps (the ids in Tribe) stands in the
state folder.
"""

import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

# dlt reads this when it is imported: nothing is told to its makers.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
sys.path.append(str(Path(__file__).resolve().parent.parent))

import dlt  # noqa: E402
from dlt.common.schema import TTableSchema, TTableSchemaColumns  # noqa: E402
from dlt.common.typing import TDataItems  # noqa: E402
from dlt.extract import DltResource  # noqa: E402
from dlt.sources.helpers.requests import Client  # noqa: E402
from dlt.sources.helpers.rest_client import RESTClient  # noqa: E402
from dlt.sources.helpers.rest_client.auth import APIKeyAuth  # noqa: E402
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator  # noqa: E402

from mapping import Json  # noqa: E402
from tribe import Links, Tribe  # noqa: E402

ROWS_A_PAGE = 100
ROWS_A_BATCH = 100
BEGINNING = "1970-01-01T00:00:00Z"

# A field that is named here is there for the destination, also where it is null. Stamps stay as AC writes them.
RELATIE = {
    "text": ("id", "soort", "status", "gewijzigd", "aangemaakt", "bedrijfsnaam", "telefoonnummer", "email", "website")
    + ("kvk", "naam", "telefoon"),
    "json": ("relatietypen", "adressen"),
}
CONTACTPERSOON = {
    "text": ("id", "status", "gewijzigd", "voornamen", "tussenvoegsels", "achternaam", "voorletters", "geboortedatum")
    + ("geslacht", "mobiel", "prive_telefoon", "emailadres"),
    "json": ("koppelingen", "adressen"),
}


def columns(by_type: dict[str, tuple[str, ...]]) -> TTableSchemaColumns:
    return {name: {"name": name, "data_type": of_type} for of_type, names in by_type.items() for name in names}


@dlt.source(max_table_nesting=0)
def advocaatcentraal(settings: Json) -> tuple[DltResource, DltResource]:
    """The two lists of an office."""
    client = RESTClient(
        base_url=f"{settings['advocaatcentraal-url']}/offices/{settings['office']}",
        auth=APIKeyAuth(
            name=settings.get("advocaatcentraal-key-header", "X-Api-Key"),
            api_key=settings["advocaatcentraal-key"],
            location="header",
        ),
        paginator=JSONResponseCursorPaginator(cursor_path="volgende", cursor_param="na"),
    )

    def pages(of_list: str, since: str) -> Iterator[TDataItems]:
        parameters = {"aantal": ROWS_A_PAGE, "gewijzigd_vanaf": since}
        yield from client.paginate(of_list, params=parameters, data_selector=of_list)

    @dlt.resource(primary_key="id", columns=columns(RELATIE))
    def relaties(
        gewijzigd: dlt.sources.incremental[str] = dlt.sources.incremental("gewijzigd", initial_value=BEGINNING),
    ) -> Iterator[TDataItems]:
        yield from pages("relaties", gewijzigd.last_value)

    @dlt.resource(primary_key="id", columns=columns(CONTACTPERSOON))
    def contactpersonen(
        gewijzigd: dlt.sources.incremental[str] = dlt.sources.incremental("gewijzigd", initial_value=BEGINNING),
    ) -> Iterator[TDataItems]:
        yield from pages("contactpersonen", gewijzigd.last_value)

    return relaties, contactpersonen


def main() -> None:
    settings_file, state_folder = map(Path, sys.argv[1:])
    settings = tomllib.loads(settings_file.read_text("utf-8"))
    state_folder.mkdir(parents=True, exist_ok=True)
    tribe = Tribe(settings, Client().session, Links(state_folder / "links.sqlite"))

    # One batch after another: contact persons and second roles need the ids of what was made before.
    @dlt.destination(batch_size=ROWS_A_BATCH, name="tribe", loader_parallelism_strategy="sequential")
    def to_tribe(items: TDataItems, table: TTableSchema) -> None:
        bring = {"relaties": tribe.bring_relations, "contactpersonen": tribe.bring_contact_persons}
        bring[table["name"]](items)

    pipeline = dlt.pipeline("advocaatcentraal_to_tribe", pipelines_dir=str(state_folder), destination=to_tribe())
    if pipeline.has_pending_data:
        # What a run that was cut off left on its way.
        pipeline.run()
    pipeline.run(advocaatcentraal(settings).with_resources("relaties"))
    # A new organisation may have contact persons that did not change since: then all of them are read.
    refresh = "drop_resources" if tribe.made_organisations else None
    pipeline.run(advocaatcentraal(settings).with_resources("contactpersonen"), refresh=refresh)


if __name__ == "__main__":
    main()
