"""Tribe CRM for the peers that call it through `requests`: what a record of AdvocaatCentraal (AC) becomes there.

Records come in batches. A batch that comes again makes nothing twice: what is in Tribe is found by its marker.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import requests

from mapping import Json, Relationship, Tenant, Wanted, of_contact_person, of_relation

SECONDS_TO_ANSWER = 60
# So many markers make a target that no server finds too long.
MARKERS_A_CALL = 80


class Link(NamedTuple):
    """A record in Tribe, and the fingerprint of what was sent of it; empty if that is not known."""

    entity_set: str
    id: str
    fingerprint: str = ""


class Links:
    """The records in Tribe by their markers, in one SQLite file."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, check_same_thread=False)
        self._database.execute(
            "create table if not exists link (marker text primary key, entity_set text, id text, fingerprint text)"
        )
        rows = self._database.execute("select marker, entity_set, id, fingerprint from link")
        self._links = {marker: Link(*columns) for marker, *columns in rows}

    def __contains__(self, marker: str) -> bool:
        return marker in self._links

    def __getitem__(self, marker: str) -> Link:
        return self._links[marker]

    def put(self, marker: str, link: Link) -> None:
        self._links[marker] = link
        self._database.execute("insert or replace into link values (?, ?, ?, ?)", (marker, *link))

    def commit(self) -> None:
        self._database.commit()

    def ids(self, entity_set: str, prefix: str) -> dict[str, str]:
        """The ids of one set, by what stands behind the prefix of their markers."""
        links = self._links.items()
        return {marker.removeprefix(prefix): link.id for marker, link in links if link.entity_set == entity_set}


class Tribe:
    """One tenant of Tribe, and what is known to be there."""

    def __init__(self, settings: Json, session: requests.Session, links: Links) -> None:
        self._settings = settings
        self._session = session
        self._links = links
        self.made_organisations = False

    def bring_relations(self, rows: Iterable[Json]) -> None:
        """Makes Tribe say what AC says of these relations."""
        self._bring(rows, partial(of_relation, tenant=self._tenant))

    def bring_contact_persons(self, rows: Iterable[Json]) -> None:
        """Makes Tribe say what AC says of these contact persons."""
        organisations = self._links.ids("Relation_Organization", f"ac:{self._settings['office']}:relatie:")
        self._bring(rows, partial(of_contact_person, organisations=organisations, tenant=self._tenant))

    def _bring(self, rows: Iterable[Json], wanted_of: Callable[..., Wanted | None]) -> None:
        wanted = [(row, of_row, fingerprint(of_row)) for row in rows if (of_row := wanted_of(row))]
        new = [of_row for _, of_row, _ in wanted if of_row.marker not in self._links]
        self._find("Relation", (of_row.marker for of_row in new))
        self._find("Relationship", (role.marker for of_row in new for role in of_row.relationships))
        self._create([(of_row, said) for _, of_row, said in wanted if of_row.marker not in self._links])
        for row, of_row, said in wanted:
            link = self._links[of_row.marker]
            for relationship in of_row.relationships:
                if relationship.marker not in self._links:
                    self._post(relationship, of_row.linked(relationship, link.id))
            if link.fingerprint != said and (whole := wanted_of(row, with_empty=True)):
                self._update(link, whole)
                self._links.put(of_row.marker, link._replace(fingerprint=said))
        self._links.commit()

    def _create(self, new: list[tuple[Wanted, str]]) -> None:
        """Makes new records inside their first relationship, and reads back their ids."""
        for wanted, _ in new:
            self._post(wanted.relationships[0], wanted.nested())
            self.made_organisations |= wanted.set == "Relation_Organization"
        self._find("Relation", (wanted.marker for wanted, _ in new))
        for wanted, said in new:
            self._links.put(wanted.marker, self._links[wanted.marker]._replace(fingerprint=said))

    def _update(self, link: Link, wanted: Wanted) -> None:
        """Writes all that AC says of a record over what stands in Tribe."""
        body = dict(wanted.fields)
        if wanted.addresses:
            slots = ",".join(f"{slot}($select=ID)" for slot in wanted.addresses)
            stored = self._call("GET", f"{wanted.set}({link.id})?$select=ID&$expand={slots}")
            for slot, address in wanted.addresses.items():
                if stored[slot]:
                    self._call("PUT", f"Address({stored[slot]['ID']})", address)
                else:
                    body[slot] = address
        self._call("PUT", f"{wanted.set}({link.id})", body)
        for relationship in wanted.relationships:
            values = {name: value for name, value in relationship.body.items() if name not in ("Relation", "ImportId")}
            if values:
                self._call("PUT", f"{relationship.set}({self._links[relationship.marker].id})", values)

    def _post(self, relationship: Relationship, body: Json) -> None:
        answer = self._call("POST", relationship.set, body)
        self._links.put(relationship.marker, Link(relationship.set, answer["ID"]))

    def _find(self, base_set: str, markers: Iterable[str]) -> None:
        """Notes the records that bear one of these markers."""
        for some in batches(markers, MARKERS_A_CALL):
            condition = " or ".join(f"ImportId eq '{marker.replace(chr(39), chr(39) * 2)}'" for marker in some)
            query = f"$select=ID,_Type,ImportId&$orderby=ID&$top=100&$filter={condition.replace('#', '%23')}"
            for row in self._call("GET", f"{base_set}?{query}")["value"]:
                self._links.put(row["ImportId"], Link(row["_Type"].replace(".", "_"), row["ID"]))

    @cached_property
    def _tenant(self) -> Tenant:
        """What every record needs to know of this tenant."""
        own = self._call("GET", "Relationship_Organization_Identity?$select=ID&$expand=Relation($select=ID)")
        lookup = "?$select=ID,Name,Code&$orderby=ID&$top=100"
        genders, countries = (self._call("GET", f"Datastore_{name}{lookup}")["value"] for name in ("Gender", "Country"))
        return Tenant.of(self._settings, own["value"][0]["Relation"]["ID"], genders, countries)

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        if "Authorization" not in self._session.headers:
            self._session.headers["Authorization"] = f"Bearer {self._token()}"
        url = f"{self._settings['tribe-url']}/v1/odata/{path}"
        answer = self._session.request(method, url, json=body, timeout=SECONDS_TO_ANSWER)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def _token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings["tribe-client-id"],
            "client_secret": self._settings["tribe-client-secret"],
            "scope": "read write",
        }
        url = f"{self._settings['tribe-auth-url']}/oauth2/token"
        answer = self._session.post(url, data=form, timeout=SECONDS_TO_ANSWER)
        answer.raise_for_status()
        return answer.json()["access_token"]


def fingerprint(wanted: Wanted) -> str:
    """A short text that tells two states of a record apart."""
    said = [wanted.relation(), *(relationship.body for relationship in wanted.relationships)]
    return hashlib.blake2b(json.dumps(said).encode(), digest_size=12).hexdigest()


def batches(of: Iterable[str], size: int) -> Iterator[list[str]]:
    """Lists of so many, the last one shorter."""
    iterator = iter(of)
    while some := list(islice(iterator, size)):
        yield some
