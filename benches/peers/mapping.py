"""What a record of AdvocaatCentraal (AC) is in Tribe CRM. Nothing here calls or stores anything.

A record of AC becomes a `Wanted`: the organisation or person, its addresses, and the relationships that it must have.
An empty value is left out of a new record. In an update it is `None`, so that it empties the property.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Json = dict[str, Any]
Table = tuple[tuple[str, str], ...]

CONTACT_SET = "Relationship_Person_Contact_Standard"

# The field in AC, and the property in Tribe.
ORGANISATION: Table = (
    ("bedrijfsnaam", "Name"),
    ("telefoonnummer", "PhoneNumber"),
    ("email", "EmailAddress"),
    ("website", "Website"),
)
KVK = ("kvk", "ChamberOfCommerceNumber")
PRIVATE_PERSON: Table = (
    ("naam", "LastName"),
    ("email", "EmailAddress"),
    ("telefoon", "PhoneNumber"),
)
CONTACT_PERSON: Table = (
    ("voornamen", "FirstName"),
    ("achternaam", "LastName"),
    ("tussenvoegsels", "MiddleName"),
    ("voorletters", "Initials"),
    ("geboortedatum", "BirthDate"),
    ("prive_telefoon", "PhoneNumber"),
    ("mobiel", "MobilePhoneNumber"),
    ("emailadres", "EmailAddress"),
)
# What a contact relationship has of the person, and what it has of the link with the organisation.
CONTACT_OF_PERSON: Table = (
    ("mobiel", "MobilePhoneNumber"),
    ("emailadres", "EmailAddress"),
)
CONTACT_OF_LINK: Table = (
    ("functie", "Function"),
    ("doorkiesnummer", "PhoneNumber"),
)
ADDRESS: Table = (
    ("straat", "Street"),
    ("postcode", "Postalcode"),
    ("plaats", "City"),
)
ADDRESS_FIELDS = ("straat", "huisnummer", "toevoeging", "postcode", "plaats", "land")

# The type of an address in AC, and the link in Tribe.
ORGANISATION_SLOTS = {"hoofdkantoor": "VisitingAddress", "postadres": "PostalAddress"}
PERSON_SLOTS = {"prive": "Address"}

STAGES = {
    "suspect": "Suspect",
    "lead": "Lead",
    "hot-prospect": "HotProspect",
    "prospect": "Prospect",
    "customer": "Customer",
}
FOR_ORGANISATIONS = {
    "supplier": "Relationship_Organization_Supplier",
    "partner": "Relationship_Organization_Partner",
}
GENDERS = {
    "M": ("m", "man", "male"),
    "V": ("v", "f", "vrouw", "female"),
    "X": ("x", "anders", "other", "non-binary"),
    "O": ("o", "onbekend", "unknown"),
}
OTHER_COUNTRY_NAMES = {"netherlands": "nl", "the netherlands": "nl", "holland": "nl"}
LARGEST_HOUSE_NUMBER = 99_999


class Tenant(NamedTuple):
    """What holds for a whole run: the settings, and the rows of Tribe that records link to."""

    office: str
    with_kvk: bool
    own_organisation: str
    role_sets: Mapping[str, Mapping[str, str]]
    genders: Mapping[str, str]
    countries: Mapping[str, str]

    @classmethod
    def of(cls, settings: Json, own_organisation: str, genders: Iterable[Json], countries: Iterable[Json]) -> "Tenant":
        """Reads the settings, and the rows of the lookup tables of Tribe."""
        types = settings["relation-types"]
        return cls(
            office=settings["office"],
            with_kvk=settings.get("kvk") == "on",
            own_organisation=own_organisation,
            role_sets={holder: _role_sets(types, holder) for holder in ("Organization", "Person")},
            genders=_gender_ids(genders),
            countries=_country_ids(countries),
        )


class Relationship(NamedTuple):
    """A role of a relation, or the place of a contact person at an organisation."""

    set: str
    marker: str
    body: Json


class Wanted(NamedTuple):
    """What must be in Tribe for one record of AC."""

    marker: str
    set: str
    navigation: str
    fields: Json
    addresses: dict[str, Json]
    relationships: list[Relationship]

    def relation(self) -> Json:
        """The body of a new organisation or person with its addresses."""
        return {**self.fields, **self.addresses, "ImportId": self.marker}

    def nested(self) -> Json:
        """The body of the first relationship with the new organisation or person inside."""
        return {**self.relationships[0].body, self.navigation: self.relation()}

    def linked(self, relationship: Relationship, relation_id: str) -> Json:
        """The body of a new relationship of an organisation or person that is there."""
        return {**relationship.body, self.navigation: {"ID": relation_id}}


def of_relation(record: Json, tenant: Tenant, *, with_empty: bool = False) -> Wanted | None:
    """What Tribe must have of a relation. None if it is not synced, or has no name."""
    if record["status"] != "actief":
        return None
    if record["soort"] == "bedrijf":
        table = (*ORGANISATION, KVK) if tenant.with_kvk else ORGANISATION
        navigation, slots = "Organization", ORGANISATION_SLOTS
    elif record["soort"] == "particulier":
        table = PRIVATE_PERSON
        navigation, slots = "Person", PERSON_SLOTS
    else:
        return None
    marker = f"ac:{tenant.office}:relatie:{record['id']}"
    roles = _roles(record, tenant, navigation, marker)
    if not roles or not (record.get(table[0][0]) or "").strip():
        return None
    return Wanted(
        marker=marker,
        set=f"Relation_{navigation}",
        navigation=navigation,
        fields=_fields(record, table, with_empty),
        addresses=_addresses(record, slots, tenant, with_empty),
        relationships=roles,
    )


def of_contact_person(
    record: Json, organisations: Mapping[str, str], tenant: Tenant, *, with_empty: bool = False
) -> Wanted | None:
    """What Tribe must have of a contact person. None if it is at no synced organisation, or has no last name.

    `organisations` has the Tribe id of every synced organisation, by its id in AC.
    """
    if record["status"] != "actief" or not (record.get("achternaam") or "").strip():
        return None
    marker = f"ac:{tenant.office}:contactpersoon:{record['id']}"
    contacts = [
        Relationship(
            CONTACT_SET,
            f"{marker}@{link['relatie_id']}",
            {
                "Relation": {"ID": organisations[link["relatie_id"]]},
                **_fields(record, CONTACT_OF_PERSON, with_empty),
                **_fields(link, CONTACT_OF_LINK, with_empty),
                "ImportId": f"{marker}@{link['relatie_id']}",
            },
        )
        for link in record.get("koppelingen") or ()
        if link["relatie_id"] in organisations
    ]
    if not contacts:
        return None
    fields = _fields(record, CONTACT_PERSON, with_empty)
    if gender := tenant.genders.get(record.get("geslacht") or ""):
        fields["Gender"] = {"ID": gender}
    elif with_empty and "geslacht" in record:
        fields["Gender"] = None
    return Wanted(
        marker=marker,
        set="Relation_Person",
        navigation="Person",
        fields=fields,
        addresses=_addresses(record, PERSON_SLOTS, tenant, with_empty),
        relationships=contacts,
    )


def _fields(record: Json, table: Table, with_empty: bool) -> Json:
    """The properties that AC has a value for. An absent key says nothing, also where empty values count."""
    if with_empty:
        return {tribe: record[ac] or None for ac, tribe in table if ac in record}
    return {tribe: value for ac, tribe in table if (value := record.get(ac))}


def _roles(record: Json, tenant: Tenant, navigation: str, marker: str) -> list[Relationship]:
    """One role for each entity set that the types of a relation lead to."""
    sets = tenant.role_sets[navigation]
    by_set: dict[str, str] = {}
    for of_type in record.get("relatietypen") or ():
        if of_type in sets:
            by_set.setdefault(sets[of_type], f"{marker}#{of_type}")
    parent = {"ID": tenant.own_organisation}
    return [Relationship(name, role, {"Relation": parent, "ImportId": role}) for name, role in by_set.items()]


def _addresses(record: Json, slots: Mapping[str, str], tenant: Tenant, with_empty: bool) -> dict[str, Json]:
    """The first address that says anything, for each slot."""
    found: dict[str, Json] = {}
    for address in record.get("adressen") or ():
        slot = slots.get(address["type"])
        if slot and slot not in found and any((address.get(field) or "").strip() for field in ADDRESS_FIELDS):
            found[slot] = _address(address, tenant, with_empty)
    return found


def _address(address: Json, tenant: Tenant, with_empty: bool) -> Json:
    body = _fields(address, ADDRESS, with_empty)
    number, suffix = house_number(address.get("huisnummer") or "", address.get("toevoeging") or "")
    if number or with_empty:
        body["HouseNumber"] = number
    if suffix or with_empty:
        body["HouseNumberSuffix"] = suffix or None
    land = (address.get("land") or "").strip().lower()
    if country := tenant.countries.get(land):
        body["Country"] = {"ID": country}
    elif with_empty and "land" in address and not land:
        body["Country"] = None
    return body


def house_number(huisnummer: str, toevoeging: str) -> tuple[int | None, str]:
    """The digits in front as a number, if they are one, and the rest as the suffix."""
    huisnummer, toevoeging = huisnummer.strip(), toevoeging.strip()
    rest = huisnummer.lstrip("0123456789")
    digits = huisnummer[: len(huisnummer) - len(rest)]
    if digits and digits[0] != "0" and len(digits) <= 5 and int(digits) <= LARGEST_HOUSE_NUMBER:
        return int(digits), f"{rest.strip()} {toevoeging}".strip()
    return None, f"{huisnummer} {toevoeging}".strip()


def _role_sets(types: Mapping[str, str], holder: str) -> dict[str, str]:
    """The entity set for each mapped type of AC. Suppliers and partners are organisations."""
    sets = {}
    for of_type, key in types.items():
        if key in STAGES:
            sets[of_type] = f"Relationship_{holder}_CommercialRelationship_{STAGES[key]}"
        elif key not in FOR_ORGANISATIONS:
            # A type of the tenant itself: the name of the set is its GUID.
            sets[of_type] = ("_" if key[0].isdigit() else "") + key.replace("-", "__")
        elif holder == "Organization":
            sets[of_type] = FOR_ORGANISATIONS[key]
    return sets


def _gender_ids(rows: Iterable[Json]) -> dict[str, str]:
    """The id of the row for each letter of AC that the tenant has a row for."""
    by_word = {(row["Code"] or "").lower(): row["ID"] for row in rows}
    found = {letter: [by_word[word] for word in words if word in by_word] for letter, words in GENDERS.items()}
    return {letter: ids[0] for letter, ids in found.items() if ids}


def _country_ids(rows: Iterable[Json]) -> dict[str, str]:
    """The id of the row for each code and each name, in lower case."""
    found = {(row[name] or "").lower(): row["ID"] for row in rows for name in ("Name", "Code")}
    found.pop("", None)
    for name, code in OTHER_COUNTRY_NAMES.items():
        if code in found:
            found.setdefault(name, found[code])
    return found
