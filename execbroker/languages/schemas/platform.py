"""JSON Schema (2020-12) of platform files."""

from __future__ import annotations

from typing import Final

from execbroker.core.platform import Hold
from execbroker.languages.platforms.files import MOST_OFFERS
from execbroker.languages.platforms.pools import MOST_NODES
from execbroker.languages.schemas.forms import DIALECT, FORMS, Schema, described, keyed, listed, one_or_more

__all__ = ["platform_schema"]

_WHERE: Final = "Where: a location and what lies below it (whole path segments)."


_RATE: Final[Schema] = {"type": "number", "minimum": 0}


def platform_schema() -> Schema:
    """The schema of a platform file."""
    keys = {**_policy(), **_content()}
    return {
        "$schema": DIALECT,
        "title": "A platform",
        **keyed("What a planner knows about one place.", keys, required=("platform", "pools")),
        "$defs": FORMS,
    }


def _policy() -> dict[str, Schema]:
    return {
        "platform": described("name", "The name of the platform."),
        "runner": described("name", "The endpoint that runs what is offered; a pool may have its own."),
        "timezone": described("name", "The IANA zone of hours and closures; UTC if left out."),
        "granularity": described(
            "duration", "Starts and ends fall on multiples of this; it divides a day.", default="1m"
        ),
        "horizon": described(
            "duration", "Nothing is offered that ends later than this from now.", default="30d"
        ),
        "offer-lifetime": described("duration", "How long an offer can be accepted.", default="5m"),
        "max-offers": described(
            "count", "How many offers an answer holds.", minimum=1, maximum=MOST_OFFERS, default=8
        ),
        "hold": {
            "enum": [each.value for each in Hold],
            "description": "What is kept of an offer until it expires.",
            "default": Hold.MINIMUM.value,
        },
        "max-duration": described("duration", "The longest run."),
        "defaults": keyed(
            "What a task gets that does not ask.",
            {
                "cores": described("cores", "Cores, where none are asked for.", default=1),
                "memory": described("size", "Memory, where none is asked for.", default="1G"),
                "duration": described("duration", "The minimum duration, where none is given.", default="1h"),
            },
        ),
        "executables": listed(
            described("name", "A type.", examples=["docker-container"]),
            "The types of executables that run here; any if left out.",
        ),
        **_around(),
    }


def _around() -> dict[str, Schema]:
    return {
        "prepare": described("duration", "Before every start, beside staging.", default="0s"),
        "release": described("duration", "After every end.", default="0s"),
    }


def _content() -> dict[str, Schema]:
    return {
        "pools": listed(_pool(), "Amounts that tasks share.") | {"minItems": 1},
        "bookings": listed(_booking(), "What is taken already."),
        "closures": listed(_closure(), "When nothing runs."),
        "data": listed(keyed("Data held here.", {"location": described("name", _WHERE)}, required=("location",)),
                       "Data that need no staging."),
        "transfers": listed(
            keyed(
                "How fast data come from somewhere.",
                {
                    "location": described("name", f"{_WHERE} `*` is everywhere else."),
                    "rate": described("rate", "Bytes a second."),
                },
                required=("location", "rate"),
            ),
            "What can be staged; data from elsewhere are out of reach.",
        ),
        "costs": keyed(
            "Rates per hour and core, GiB, gpu or piece.",
            {"currency": described("name", "The currency.", examples=["EUR"])},
            rest=_RATE,
        ),
        "energy": keyed("kWh per hour and core, GiB, gpu or piece.", {}, rest=_RATE),
        "carbon": keyed("Grams of CO2 equivalent per hour and core, GiB, gpu or piece.", {}, rest=_RATE),
        "metrics": _metrics(),
        "policy": _permissions(),
    }  # fmt: skip


def _metrics() -> Schema:
    keys = {
        "type": described("name", "What is measured: a URI, or a word.", examples=["io-throughput"]),
        "figure": {"type": "number", "minimum": 0, "description": "How much there is anyway."},
        "description": described("name", "In words, such as its unit.", examples=["MB/s"]),
    }
    metric = keyed(
        "A metric, and what a unit of each resource adds to it.", keys, required=("type",), rest=_RATE
    )
    return listed(metric, "What else is said of what is offered; a pool's own replace the platform's.")


def _lists(what: str, example: str, more: dict[str, Schema] | None = None) -> Schema:
    item = {"type": "string", "minLength": 1, "examples": [example]}
    lists = {
        "allow": listed(item, f"{what} that are allowed; all but those denied if left out."),
        "deny": listed(item, f"{what} that are not."),
    }
    return keyed(f"{what} that are allowed and denied.", {**lists, **(more or {})})


def _permissions() -> Schema:
    port: Schema = {
        "anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 65_535},
            {"type": "string", "pattern": "^[0-9]{1,5}(-[0-9]{1,5})?$"},
        ],
        "examples": [8080, "8000-8999"],
    }
    digest = {"enum": ["required", "optional"], "description": "Whether images must be given with a digest."}
    keys = {
        "executables": _lists("Types of executables", "docker-container"),
        "images": _lists("Images, with what lies below them,", "ghcr.io/example", {"digest": digest}),
        "ports": keyed(
            "Ports that are allowed and denied.",
            {
                "allow": listed(port, "Ports that are allowed; all but those denied if left out."),
                "deny": listed(port, "Ports that are not."),
            },
        ),
        "privileged": {
            "type": "boolean",
            "description": "Whether an executable may ask for privileges.",
            "default": True,
        },
        "data": _lists("Locations of data, with what lies below them,", "https://data.example.org/"),
        "identities": _lists("Clients", "alice"),
        "limits": keyed(
            "The most that one request may ask for, and gets.",
            {"duration": described("duration", "The longest run."), **_amounts()},
            rest=_REST,
        ),
    }
    return keyed("What tasks the platform takes, and from whom.", keys)


def _amounts() -> dict[str, Schema]:
    return {
        "cores": described("cores", "Cores; thousandths are the finest."),
        "memory": described("size", "Memory."),
        "gpus": described("count", "Whole gpus."),
        "storage": described("size", "Storage."),
    }


_REST: Final[Schema] = {"$ref": "#/$defs/amount"}


def _pool() -> Schema:
    flavour = keyed(
        "A fixed size.",
        {"name": described("name", "Its name."), **_amounts()},
        required=("name",),
        rest=_REST,
    )
    hours = keyed(
        "Open daily from one time to another; a closing at or before the opening is on the next day.",
        {
            "from": described("clock", "When it opens; 0:00 if left out."),
            "to": described("clock", "When it closes; 24:00 if left out."),
            "days": described("days", "The days on which it opens; every day if left out."),
        },
    )
    keys = {
        "name": described("name", "Its name, unique in the file."),
        "nodes": described(
            "count", "So many identical machines, each with these amounts.", minimum=1, maximum=MOST_NODES
        ),
        "flavours": listed(flavour, "Fixed sizes; then the pool gives only these.") | {"minItems": 1},
        "hours": one_or_more(hours, "When the pool is open."),
        "max-duration": described("duration", "The longest run here."),
        "max-scale": {
            "type": "number",
            "minimum": 1,
            "description": "Never more than so many times the minimum asked.",
        },
        "runner": described("name", "The endpoint for this pool."),
        "metrics": _metrics(),
        **_around(),
        **_amounts(),
    }
    return keyed("A pool.", keys, required=("name",), rest=_REST)


def _booking() -> Schema:
    keys = {
        "pool": described("name", "The pool."),
        "node": described("count", "The node, counted from 0, in a pool with nodes."),
        "start": described("date", "From this instant."),
        "end": described("date", "To this instant; a bare date includes that day."),
        **_amounts(),
    }
    return keyed("Amounts taken from a pool.", keys, required=("pool", "start", "end"), rest=_REST)


def _closure() -> Schema:
    keys = {
        "pool": described("name", "The pool that is closed; all of them if left out."),
        "start": described("date", "From this instant."),
        "end": described("date", "To this instant; a bare date includes that day."),
        "repeat": described(
            "name", "How it repeats: a rule of RFC 5545.", examples=["FREQ=MONTHLY;BYDAY=1TU"]
        ),
        "reason": described("name", "Why."),
    }
    return keyed("Time in which nothing runs.", keys, required=("start", "end"))
