"""Brings the relations and contact persons of AdvocaatCentraal (AC) to Tribe CRM: `sync.py SETTINGS.toml STATE_FOLDER`.

It reads what changed since the last run. A new record goes to Tribe in one call, its addresses and its first
relationship included. What a run that was cut off made in Tribe, the next one finds by its marker (`ImportId`). A
record that Tribe refuses is named on standard error; it is tried again once it changes.
"""

import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, urlencode

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from mapping import Json, Tenant, Wanted, of_contact_person, of_relation  # noqa: E402
from state import Bound, Known, State  # noqa: E402
from wire import Request, Server, encode  # noqa: E402

RELATIES, CONTACTPERSONEN = "relaties", "contactpersonen"
ROWS_A_PAGE = 100
# The state is committed after so many rows.
ROWS_AT_A_TIME = 500
# So many markers make a target that no server finds too long.
MARKERS_A_CALL = 80
ODATA = "/v1/odata/"


def digest(data: str | bytes) -> str:
    """A short text that tells two contents apart."""
    return blake2b(data.encode() if isinstance(data, str) else data, digest_size=12).hexdigest()


class AdvocaatCentraal:
    """The lists of one office."""

    def __init__(self, settings: Json) -> None:
        header = settings.get("advocaatcentraal-key-header", "X-Api-Key")
        self._server = Server(settings["advocaatcentraal-url"], lambda: {header: settings["advocaatcentraal-key"]})
        self._office = quote(settings["office"], safe="")

    def rows(self, of_list: str, since: str) -> Iterator[Json]:
        """The rows of a list that changed at that stamp or later, oldest first."""
        after = ""
        while after is not None:
            query = f"?aantal={ROWS_A_PAGE}&gewijzigd_vanaf={quote(since, safe='')}&na={quote(after, safe='')}"
            page = self._server.call(Request("GET", f"/offices/{self._office}/{of_list}{query}")).json()
            yield from page[of_list]
            after = page["volgende"]

    def close(self) -> None:
        self._server.close()


class Tribe:
    """The part of Tribe's OData that is needed."""

    def __init__(self, settings: Json) -> None:
        self._settings = settings
        self.server = Server(settings["tribe-url"], self._headers)

    def get(self, path: str) -> Json:
        return self.server.call(Request("GET", ODATA + path)).json()

    def put(self, entity_set: str, entity_id: str, body: Json) -> None:
        self.server.call(Request("PUT", f"{ODATA}{entity_set}({entity_id})", encode(body).encode()))

    def tenant(self) -> Tenant:
        """What every record needs to know of this tenant."""
        own = self.get("Relationship_Organization_Identity?$select=ID&$expand=Relation($select=ID)")
        lookup = "?$select=ID,Name,Code&$orderby=ID&$top=100"
        genders, countries = (self.get(f"Datastore_{name}{lookup}")["value"] for name in ("Gender", "Country"))
        return Tenant.of(self._settings, own["value"][0]["Relation"]["ID"], genders, countries)

    def find(self, base_set: str, markers: Iterable[str]) -> dict[str, Known]:
        """The records that bear one of these markers."""
        found = {}
        requests = ((None, self._search(base_set, some)) for some in batches(markers, MARKERS_A_CALL))
        for _, answer in self.server.each(requests):
            for row in answer.json()["value"]:
                found[row["ImportId"]] = Known(row["_Type"].replace(".", "_"), row["ID"], "")
        return found

    def close(self) -> None:
        self.server.close()

    def _search(self, base_set: str, markers: list[str]) -> Request:
        literals = (quote(marker.replace("'", "''"), safe=":#@'") for marker in markers)
        condition = "%20or%20".join(f"ImportId%20eq%20'{literal}'" for literal in literals).replace("#", "%23")
        return Request("GET", f"{ODATA}{base_set}?$select=ID,_Type,ImportId&$orderby=ID&$top=100&$filter={condition}")

    def _headers(self) -> dict[str, str]:
        form = urlencode(
            {
                "grant_type": "client_credentials",
                "client_id": self._settings["tribe-client-id"],
                "client_secret": self._settings["tribe-client-secret"],
                "scope": "read write",
            }
        )
        login = Server(self._settings["tribe-auth-url"], lambda: {})
        request = Request("POST", "/oauth2/token", form.encode(), "application/x-www-form-urlencoded")
        token = login.call(request).json()["access_token"]
        login.close()
        return {"Authorization": f"Bearer {token}"}


class Item(NamedTuple):
    """A record of AC on its way to Tribe: what is wanted of it, as a new record, and the fingerprint of that."""

    record: Json
    wanted: Wanted
    payload: bytes
    fingerprint: str

    @classmethod
    def of(cls, record: Json, wanted: Wanted) -> "Item":
        payload = encode(wanted.nested()).encode()
        others = [encode(relationship.body).encode() for relationship in wanted.relationships[1:]]
        return cls(record, wanted, payload, digest(b"\n".join([payload, *others])))


class Sync:
    """One run."""

    def __init__(self, settings: Json, state: State) -> None:
        self._settings = settings
        self._state = state
        self._ac = AdvocaatCentraal(settings)
        self._tribe = Tribe(settings)
        self._tenant: Tenant | None = None
        self._was_cut_off = False
        self.refused = 0

    def run(self) -> None:
        for rows in self._changed(RELATIES):
            self._bring(rows, partial(of_relation, tenant=self._begin()))
        for rows in self._changed(CONTACTPERSONEN):
            organisations = self._organisations()
            self._bring(rows, partial(of_contact_person, organisations=organisations, tenant=self._begin()))
        if self._tenant:
            self._state.finish()

    def close(self) -> None:
        self._ac.close()
        self._tribe.close()

    def _begin(self) -> Tenant:
        """Gets ready to write to Tribe, once."""
        if self._tenant is None:
            self._tenant = self._tribe.tenant()
            self._was_cut_off = self._state.begin()
        return self._tenant

    def _changed(self, of_list: str) -> Iterator[list[Json]]:
        """The rows that changed since the last run, some at a time. Each time around the state is committed."""
        bound = self._state.bound(of_list)
        for rows in batches(self._ac.rows(of_list, bound.stamp), ROWS_AT_A_TIME):
            new = [row for row in rows if row["gewijzigd"] != bound.stamp or digest(encode(row)) not in bound.digests]
            if not new:
                continue
            yield new
            last = rows[-1]["gewijzigd"]
            at_last = [digest(encode(row)) for row in rows if row["gewijzigd"] == last]
            if last == bound.stamp:
                at_last.extend(bound.digests)
            bound = Bound(last, tuple(at_last))
            self._state.put_bound(of_list, bound)
            self._state.commit()

    def _organisations(self) -> dict[str, str]:
        """The Tribe ids of the organisations that are there, by their id in AC."""
        prefix = f"ac:{self._settings['office']}:relatie:"
        known = self._state.known.items()
        return {marker.removeprefix(prefix): to.id for marker, to in known if to.entity_set == "Relation_Organization"}

    def _bring(self, rows: list[Json], wanted_of: Callable[..., Wanted | None]) -> None:
        """Makes in Tribe what is missing, and changes what differs."""
        known = self._state.known
        items = [Item.of(row, wanted) for row in rows if (wanted := wanted_of(row))]
        if self._was_cut_off:
            self._adopt(items)
        self._create([item for item in items if item.wanted.marker not in known])
        there = [item for item in items if item.wanted.marker in known]
        self._relate(there)
        for item in there:
            differs = known[item.wanted.marker].fingerprint != item.fingerprint
            if differs and (whole := wanted_of(item.record, with_empty=True)):
                self._update(item, whole)

    def _adopt(self, items: list[Item]) -> None:
        """Finds what an earlier run made and could not note."""
        relations = [item.wanted.marker for item in items]
        relationships = [other.marker for item in items for other in item.wanted.relationships]
        for base_set, markers in (("Relation", relations), ("Relationship", relationships)):
            unknown = (marker for marker in markers if marker not in self._state.known)
            for marker, found in self._tribe.find(base_set, unknown).items():
                self._state.put(marker, found)

    def _create(self, items: list[Item]) -> None:
        """Makes new records inside their first relationship, and reads back their ids."""
        made = {}
        calls = ((item, post(item.wanted.relationships[0].set, item.payload)) for item in items)
        for item, answer in self._tribe.server.each(calls):
            if answer.is_success:
                self._note_made(item.wanted.relationships[0].marker, item.wanted.relationships[0].set, answer.json())
                made[item.wanted.marker] = item
            else:
                self._refuse(item.wanted.marker, answer.status)
        found = self._tribe.find("Relation", made)
        for marker, item in made.items():
            self._state.put(marker, found[marker]._replace(fingerprint=item.fingerprint))
        if any(item.wanted.set == "Relation_Organization" for item in made.values()):
            # It may have contact persons that did not change since.
            self._state.put_bound(CONTACTPERSONEN, Bound())

    def _relate(self, items: list[Item]) -> None:
        """Makes the relationships that records lack: the second role or organisation, or a new one."""
        known = self._state.known
        calls = (
            (relationship, post(relationship.set, encode(item.wanted.linked(relationship, relation.id)).encode()))
            for item in items
            if (relation := known[item.wanted.marker]).entity_set == item.wanted.set
            for relationship in item.wanted.relationships
            if relationship.marker not in known
        )
        for relationship, answer in self._tribe.server.each(calls):
            if answer.is_success:
                self._note_made(relationship.marker, relationship.set, answer.json())
            else:
                self._refuse(relationship.marker, answer.status)

    def _update(self, item: Item, wanted: Wanted) -> None:
        """Writes all that AC says of a record over what stands in Tribe."""
        known = self._state.known[wanted.marker]
        if known.entity_set != wanted.set:
            # A company became a private person, or the other way round: a person must decide.
            self._refuse(wanted.marker, 409)
            return
        body = dict(wanted.fields)
        if wanted.addresses:
            slots = ",".join(f"{slot}($select=ID)" for slot in wanted.addresses)
            stored = self._tribe.get(f"{wanted.set}({known.id})?$select=ID&$expand={slots}")
            for slot, address in wanted.addresses.items():
                if stored[slot]:
                    self._tribe.put("Address", stored[slot]["ID"], address)
                else:
                    body[slot] = address
        self._tribe.put(wanted.set, known.id, body)
        for relationship in wanted.relationships:
            values = {name: value for name, value in relationship.body.items() if name not in ("Relation", "ImportId")}
            there = self._state.known.get(relationship.marker)
            if values and there:
                self._tribe.put(relationship.set, there.id, values)
        self._state.put(wanted.marker, known._replace(fingerprint=item.fingerprint))

    def _note_made(self, marker: str, entity_set: str, answer: Json) -> None:
        self._state.put(marker, Known(entity_set, answer["ID"], ""))

    def _refuse(self, marker: str, status: int) -> None:
        self.refused += 1
        print(f"{marker}: refused with {status}", file=sys.stderr)


def post(entity_set: str, body: bytes) -> Request:
    return Request("POST", ODATA + entity_set, body)


def batches(of: Iterable, size: int) -> Iterator[list]:
    """Lists of so many, the last one shorter."""
    iterator = iter(of)
    while some := list(islice(iterator, size)):
        yield some


def main() -> int:
    settings_file, state_folder = sys.argv[1:]
    with open(settings_file, "rb") as file:
        settings = tomllib.load(file)
    sync = Sync(settings, State(state_folder))
    try:
        sync.run()
    finally:
        sync.close()
    return 1 if sync.refused else 0


if __name__ == "__main__":
    sys.exit(main())
