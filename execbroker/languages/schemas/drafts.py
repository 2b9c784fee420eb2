"""JSON Schema (2020-12) of the documents of the draft's languages, made from the classes they are read into."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from types import NoneType
from typing import Any, Final, final, get_args, get_origin, get_type_hints

import attrs

from execbroker.core.amounts import CORES, MEMORY
from execbroker.core.lifecycle import Phase
from execbroker.core.ranges import Range
from execbroker.core.task import Compute, Executable, Schedule, Storage, Task
from execbroker.languages.drafts.detection import CALYCOPIS, DRAFT_2025
from execbroker.languages.drafts.dialects import BY_NAME, Dialect
from execbroker.languages.drafts.requests_writing import write_task
from execbroker.languages.drafts.resources import MODES
from execbroker.languages.drafts.updates import EVENTS
from execbroker.languages.drafts.uris import ENUM_UPDATE, uri_of
from execbroker.languages.schemas.forms import DIALECT, Schema, keyed
from execbroker.languages.structuring.document_classes import key_of

__all__ = ["PREFIXES", "draft_definitions", "draft_schema"]

#: How the names of each language's definitions begin.
PREFIXES: Final = {DRAFT_2025: "Eb2025", CALYCOPIS: "Calycopis"}

#: What the parts of a document are that have a type of their own, by their keys.
_THINGS: Final = {
    "executable": "executable", "compute": "compute", "storage": "storage", "data": "data", "volumes": "volume",
    "costs": "costs", "metrics": "metrics", "offers": "session",
}  # fmt: skip
#: What those are called that have no class, or one class for several things.
_TITLES: Final = {"costs": "Cost", "metrics": "Metric", "data": "SimpleData", "offerset": "OfferSet"}
_SCALARS: Final[dict[frozenset[Any], str]] = {
    frozenset({str}): "string",
    frozenset({int}): "integer",
    frozenset({bool}): "boolean",
    frozenset({int, Decimal}): "number",
    frozenset({str, int, Decimal}): "string",  # dates, times and quantities, as text
}

#: What a request may ask for.
_EXAMPLE: Final = Task(
    executable=Executable(
        "docker-container", {"image": {"locations": ["registry.example.net/vlbi/fringe:4.1"]}}
    ),
    compute=(Compute("node", {CORES: Range(4 * 1000, 8 * 1000), MEMORY: Range(16 * 2**30, 32 * 2**30)}),),
    storage=(Storage("scratch", Range(200 * 2**30)),),
    schedule=Schedule(duration=Range(3600)),
)


def draft_schema(language: str, thing: str) -> Schema:
    """The schema of a document.

    Args:
        language: The name of the language.
        thing: `request`, `offerset`, `session` or `update`.
    """
    titles = {"request": "A request", "offerset": "An answer", "session": "A session", "update": "An update"}
    walk = _Walk(BY_NAME[language])
    return {
        "$schema": DIALECT,
        "title": f"{titles[thing]} in {language}",
        **walk.root(thing),
        "$defs": walk.definitions,
    }


def draft_definitions(language: str) -> dict[str, Schema]:
    """All documents of a language and their parts, each by its name: its prefix, and `Request`, `Session`, ….

    They refer to one another by `#/$defs/NAME`.
    """
    walk = _Walk(BY_NAME[language])
    for thing in ("request", "offerset", "session", "update"):
        walk.root(thing)
    return walk.definitions


@final
class _Walk:
    """A walk through the classes of a language, which leaves a definition for each."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.definitions: dict[str, Schema] = {}

    def root(self, thing: str) -> Schema:
        """A whole document."""
        if thing == "update":
            return self._defined("Update", self._update)
        kinds = {
            "request": self._dialect.request,
            "offerset": self._dialect.answer,
            "session": self._dialect.session,
        }
        reference = self._part(kinds[thing], thing)
        if thing == "request":
            definition = self.definitions[PREFIXES[self._dialect.name] + "Request"]
            definition["examples"] = [write_task(_EXAMPLE, self._dialect.name).tree]
        return reference

    def _part(self, kind: type[Any], thing: str | None = None) -> Schema:
        """What a class describes; of a thing with a type, it has that type."""
        title = _titled(thing) if thing else kind.__name__.strip("_").removesuffix("Document")
        # One schema names no types of answers; and readers look at costs of a whole request alone.
        is_free = thing in ("costs", "metrics") or (
            thing in ("offerset", "session") and not self._dialect.has_meta
        )
        uri = None if thing is None or is_free else uri_of(self._dialect.name, thing)
        return self._defined(title, lambda: self._mapping(kind, uri))

    def _defined(self, title: str, make: Any) -> Schema:
        name = PREFIXES[self._dialect.name] + title
        if name not in self.definitions:
            self.definitions[name] = {}  # so that it may have parts of its own kind
            self.definitions[name] = make()
        return {"$ref": f"#/$defs/{name}"}

    def _mapping(self, kind: type[Any], uri: str | None) -> Schema:
        hints = get_type_hints(kind)
        properties, required = {}, []
        for each in attrs.fields(kind):
            key = key_of(each.name)
            said = each.metadata["meant"].replace("`", "")
            schema = {**self._value(hints[each.name], key), "description": f"{said[0].upper()}{said[1:]}."}
            if key == self._dialect.type_key and uri is not None:
                schema = {**schema, "const": uri}
            properties[key] = schema | self._words(kind, key)
            if each.default is attrs.NOTHING:
                required.append(key)
        return keyed(kind.noun[0].upper() + kind.noun[1:] + ".", properties, required=tuple(required))

    def _value(self, hint: Any, key: str) -> Schema:
        kinds = frozenset(get_args(hint) or (hint,)) - {NoneType} if get_origin(hint) is not list else {hint}
        if (scalar := _SCALARS.get(frozenset(kinds))) is not None:
            return {"type": scalar}
        (kind,) = kinds
        if get_origin(kind) is list:
            return {"type": "array", "items": self._value(get_args(kind)[0], key)}
        if get_origin(kind) is not dict:
            return self._part(kind, _THINGS.get(key) if attrs.has(kind) else None)
        if key in _THINGS:
            return self._typed(_THINGS[key])
        return {
            "type": "object",
            "additionalProperties": {"type": "string"} if str in get_args(kind)[1:] else True,
        }

    def _typed(self, thing: str) -> Schema:
        """A component, whose type says what else it has."""
        dialect = self._dialect
        if thing == "executable":
            known = [self._part(kind, f"executable/{short}") for short, kind in dialect.executables.items()]
            return {"anyOf": [*known, self._defined("OtherExecutable", self._other)]}
        if thing == "data":
            return {
                "anyOf": [
                    self._part(kind, f"data/{short}".rstrip("/")) for short, kind in dialect.data.items()
                ]
            }
        return self._part(dialect.compute if thing == "compute" else dialect.storage, thing)

    def _other(self) -> Schema:
        """An executable of a type that the schema does not have: a NO from who cannot run it."""
        known = [uri_of(self._dialect.name, f"executable/{short}") for short in self._dialect.executables]
        key = self._dialect.type_key
        return keyed(
            "An executable of another type.",
            {key: {"type": "string", "not": {"enum": known}}},
            required=(key,),
            rest=True,
        )

    def _words(self, kind: type[Any], key: str) -> Schema:
        """The words that a text may be one of, as far as readers look at them in requests too."""
        words: Iterable[str] = ()
        if key in ("phase", "state") and kind is self._dialect.session:
            words = [self._phase(each) for each in Phase]
        elif key == "result":
            words = ("YES", "NO")
        elif key == "mode":
            words = MODES
        return {"enum": [*words]} if words else {}

    def _phase(self, phase: Phase) -> str:
        is_old = self._dialect.name == DRAFT_2025
        return "READY" if is_old and phase is Phase.AVAILABLE else phase.value

    def _update(self) -> Schema:
        key = self._dialect.type_key
        words: dict[str, Schema] = {
            key: {"const": ENUM_UPDATE, "description": "What kind of update it is."},
            "path": {"enum": ["phase", "/phase"], "description": "What is to be changed."},
            "value": {"enum": [*EVENTS], "description": "The phase that is asked for."},
        }
        update = keyed("What is asked of a session.", words, required=tuple(words))
        if self._dialect.has_meta:
            return update
        wrapped = self._defined("UpdateItem", lambda: update)
        return keyed("An update of a session.", {"update": wrapped}, required=("update",))


def _titled(thing: str) -> str:
    """`executable/docker-container` is a `DockerContainer`, and `data/s3` are `S3Data`."""
    group, _, short = thing.partition("/")
    if not short:
        return _TITLES.get(group, group.capitalize())
    return "".join(part.capitalize() for part in short.split("-")) + ("Data" if group == "data" else "")
