"""A Singer tap: the relations and contact persons of AdvocaatCentraal (AC)."""

from typing import Any

from singer_sdk import RESTStream, Stream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import APIKeyAuthenticator
from singer_sdk.pagination import JSONPathPaginator

ROWS_A_PAGE = 100

Context = dict[str, Any]


def texts(*names: str) -> list[th.Property]:
    return [th.Property(name, th.StringType) for name in names]


def rows(*properties: th.Property) -> th.ArrayType:
    return th.ArrayType(th.ObjectType(*properties))


ADRESSEN = th.Property(
    "adressen",
    rows(*texts("id", "type", "straat", "huisnummer", "toevoeging", "postcode", "plaats", "land")),
)
COMMON = (
    th.Property("id", th.StringType, required=True),
    th.Property("status", th.StringType, required=True),
    th.Property("gewijzigd", th.DateTimeType, required=True),
)


class OfficeStream(RESTStream):
    """A list of the office, in the order of its stamps. A page tells how to get the next one."""

    primary_keys = ("id",)
    replication_key = "gewijzigd"
    is_sorted = True
    # As text, the stamps of one hour in October do not sort.
    check_sorted = False

    @property
    def url_base(self) -> str:
        return f"{self.config['advocaatcentraal-url']}/offices/{self.config['office']}"

    @property
    def path(self) -> str:
        return f"/{self.name}"

    @property
    def records_jsonpath(self) -> str:
        return f"$.{self.name}[*]"

    @property
    def authenticator(self) -> APIKeyAuthenticator:
        header = self.config["advocaatcentraal-key-header"]
        return APIKeyAuthenticator(key=header, value=self.config["advocaatcentraal-key"], location="header")

    def get_new_paginator(self) -> JSONPathPaginator:
        return JSONPathPaginator("$.volgende")

    def get_url_params(self, context: Context | None, next_page_token: str | None) -> dict[str, Any]:
        since = self.get_starting_timestamp(context)
        return {
            "aantal": ROWS_A_PAGE,
            "gewijzigd_vanaf": since.isoformat() if since else "",
            "na": next_page_token or "",
        }


class Relaties(OfficeStream):
    """Companies and private persons."""

    name = "relaties"
    schema = th.PropertiesList(
        *COMMON,
        th.Property("soort", th.StringType, required=True),
        th.Property("aangemaakt", th.DateTimeType),
        th.Property("relatietypen", th.ArrayType(th.StringType)),
        *texts("bedrijfsnaam", "telefoonnummer", "email", "website", "kvk", "naam", "telefoon"),
        ADRESSEN,
    ).to_dict()


class Contactpersonen(OfficeStream):
    """Contact persons with the relations that they belong to."""

    name = "contactpersonen"
    schema = th.PropertiesList(
        *COMMON,
        *texts("voornamen", "tussenvoegsels", "achternaam", "voorletters", "geboortedatum", "geslacht"),
        *texts("mobiel", "prive_telefoon", "emailadres"),
        th.Property("koppelingen", rows(*texts("relatie_id", "functie", "doorkiesnummer"))),
        ADRESSEN,
    ).to_dict()


class TapAdvocaatCentraal(Tap):
    """The tap."""

    name = "tap-advocaatcentraal"
    config_jsonschema = th.PropertiesList(
        th.Property("office", th.StringType, required=True),
        th.Property("advocaatcentraal-url", th.StringType, required=True),
        th.Property("advocaatcentraal-key", th.StringType, required=True, secret=True),
        th.Property("advocaatcentraal-key-header", th.StringType, default="X-Api-Key"),
    ).to_dict()

    def discover_streams(self) -> list[OfficeStream]:
        return [Relaties(self), Contactpersonen(self)]

    def load_streams(self) -> list[Stream]:
        """The streams with the contact persons last, since they need their organisations."""
        return sorted(super().load_streams(), key=lambda stream: stream.name == Contactpersonen.name)


if __name__ == "__main__":
    TapAdvocaatCentraal.cli()
