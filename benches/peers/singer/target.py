"""A Singer target: Tribe CRM."""

import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from singer_sdk import BatchSink, Target
from singer_sdk import typing as th
from urllib3.util import Retry

sys.path.append(str(Path(__file__).resolve().parent.parent))

from mapping import Json  # noqa: E402
from tribe import Links, Tribe  # noqa: E402

ROWS_A_BATCH = 100
# Calls that may come again. A record that may have been made already is looked for before it is made once more.
RETRY = Retry(total=5, backoff_factor=1, status_forcelist=(429, 503), allowed_methods=None)


class TribeSink(BatchSink):
    """A stream on its way to Tribe."""

    max_size = ROWS_A_BATCH

    def __init__(self, target: "TargetTribe", *args: Any, **kwargs: Any) -> None:
        super().__init__(target, *args, **kwargs)
        self.target = target

    def process_batch(self, context: Json) -> None:
        tribe = self.target.tribe
        bring = {"relaties": tribe.bring_relations, "contactpersonen": tribe.bring_contact_persons}
        bring[self.stream_name](context["records"])


class ContactpersonenSink(TribeSink):
    """Contact persons, whose organisations go first."""

    def start_batch(self, context: Json) -> None:
        self.target.drain_one(self.target.get_sink("relaties"))


class TargetTribe(Target):
    """The target."""

    name = "target-tribe"
    # Contact persons need their organisations: one stream after another.
    max_parallelism = 1
    config_jsonschema = th.PropertiesList(
        th.Property("office", th.StringType, required=True),
        th.Property("kvk", th.StringType),
        th.Property("tribe-url", th.StringType, required=True),
        th.Property("tribe-auth-url", th.StringType, required=True),
        th.Property("tribe-client-id", th.StringType, required=True),
        th.Property("tribe-client-secret", th.StringType, required=True, secret=True),
        th.Property("relation-types", th.ObjectType(additional_properties=th.StringType), required=True),
        th.Property("links", th.StringType, required=True, description="The file with the ids of what is in Tribe."),
    ).to_dict()

    def get_sink_class(self, stream_name: str) -> type[TribeSink]:
        return ContactpersonenSink if stream_name == "contactpersonen" else TribeSink

    @cached_property
    def tribe(self) -> Tribe:
        session = requests.Session()
        session.mount("http://", HTTPAdapter(max_retries=RETRY))
        session.mount("https://", HTTPAdapter(max_retries=RETRY))
        return Tribe(dict(self.config), session, Links(Path(self.config["links"])))


if __name__ == "__main__":
    TargetTribe.cli()
