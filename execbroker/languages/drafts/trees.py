"""The parts of requests and sessions as trees: executables, volumes and data, in the keys of each schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from execbroker.core.sizes import format_size
from execbroker.core.task import Data, Executable, Volume
from execbroker.languages.drafts.components import NOT_DETAILS, check_details
from execbroker.languages.drafts.dialects import Dialect
from execbroker.languages.drafts.keys import advise
from execbroker.languages.drafts.uris import uri_of
from execbroker.languages.structuring.findings import Findings, shown
from execbroker.languages.structuring.structure import structure
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.languages.text.reader import read
from execbroker.languages.text.writer import to_json
from execbroker.languages.written import Losses

__all__ = ["component", "data_tree", "executable_tree", "volume_trees"]

_MODES: Final = {False: "READONLY", True: "READWRITE"}


def component(dialect: Dialect, thing: str, **known: Node) -> Tree:
    """The keys that every component has, as far as they are known.

    Args:
        dialect: Whose keys.
        thing: What it is, or the URI of its type.
        known: `name`, `uuid`, `url`, `created`, `messages`, `options`.
    """
    uri = uri_of(dialect.name, thing) or (thing if ":" in thing else None)
    if dialect.has_meta:
        order = ("uuid", "name", "url", "created", "messages", "options")
        return present({"kind": uri, "meta": present({key: known.get(key) for key in order})})
    order = ("uuid", "href", "name", "created", "messages", "options")
    known["href"] = known.pop("url", None)
    return present({"type": uri, **{key: known.get(key) for key in order}})


def executable_tree(
    executable: Executable, dialect: Dialect, losses: Losses, uuid: str | None = None
) -> Tree:
    """What is to be run, with those of its details that the schema has."""
    kind = dialect.executables.get(executable.type)
    details = dict(cast("Mapping[str, Node]", executable.details))
    if kind is None:
        if ":" not in executable.type:
            losses.note(
                "executable.type",
                executable.type,
                "the language has no such executable, but says so all the same",
            )
        _drop(details, {dialect.type_key}, "executable", losses)
        return {dialect.type_key: executable.type, **details}
    name = details.pop("name", None)
    if name is not None and not isinstance(name, str):
        losses.note("executable.name", name, "a name is text")
        name = None
    if isinstance(details.get("image"), str):
        details["image"] = {"locations": [details["image"]]}
    _drop(details, NOT_DETAILS, "executable", losses)
    base = component(dialect, f"executable/{executable.type}", name=name, uuid=uuid)
    return _fitting({**base, **details}, kind, "executable", losses) or base


def _drop(details: Tree, keys: set[str] | frozenset[str], path: str, losses: Losses) -> None:
    """Leave out details that would be read as something else."""
    for key in keys & details.keys():
        losses.note(f"{path}.{key}", details.pop(key), "the language means something else by this key")


def _fitting(tree: Tree, kind: type[Any], path: str, losses: Losses) -> Tree | None:
    """A component without what a reader of the schema would refuse; None if it lacks what it must have."""
    while True:
        document = read(to_json(tree), "<written>").unwrap()
        findings = Findings(document)
        found = structure(document.root, kind, findings, advise)
        check_details(findings, (), found)
        if findings.is_sound:
            return tree
        faults = zip(findings.faulty, findings.problems, strict=True)
        unfit = {str(place[0]): problem for place, problem in faults if place}
        if not unfit:
            return None
        for key, problem in unfit.items():
            what = shown(str(tree[key]))
            losses.note(f"{path}.{problem.path}", what, f"the language does not take it: {problem.message}")
        tree = {key: value for key, value in tree.items() if key not in unfit}


def volume_trees(
    volumes: Sequence[Volume],
    dialect: Dialect,
    refer: Callable[[str], str] = str,
    uuid: Callable[[int], str | None] = lambda index: None,
) -> list[Node]:
    """The volumes of a compute resource.

    Args:
        volumes: Those of the core.
        dialect: Whose keys.
        refer: What to call the resource of a name.
        uuid: That of a volume, by its number.
    """
    return [
        present(
            {
                **component(dialect, "volume", name=each.name, uuid=uuid(index)),
                "path": each.path,
                "mode": _MODES[each.is_writable],
                "resource": None if each.resource is None else refer(each.resource),
            }
        )
        for index, each in enumerate(volumes)
    ]


def data_tree(
    data: Data, dialect: Dialect, losses: Losses, path: str, storage: str | None, uuid: str | None = None
) -> Tree:
    """Data, by the names of their kind where the schema has that kind, else by their location alone."""
    kind = data.kind or ""
    if kind in dialect.data and kind != "":
        tree = _named_data(data, kind, dialect, losses, path, storage, uuid)
        if tree is not None:
            return tree
    if data.kind is not None:
        losses.note(f"{path}.kind", kind, "the language cannot name data so; their location is written")
    if data.size is not None:
        losses.note(f"{path}.size", format_size(data.size), "the language has no size of data")
    base = component(dialect, "data", name=data.name, uuid=uuid)
    return {**present({**base, "storage": storage}), "location": data.location}


def _named_data(
    data: Data, kind: str, dialect: Dialect, losses: Losses, path: str, storage: str | None, uuid: str | None
) -> Tree | None:
    """Data by the names of their kind; None if what the kind must have is not there."""
    details, noted = dict(cast("Mapping[str, Node]", data.details)), Losses()
    if kind == "rucio":
        details = _rucio(details, dialect, noted, path)
    if data.size is not None and not (kind == "skao" and _datasize(details) == data.size):
        noted.note(f"{path}.size", format_size(data.size), "the language has no size of data")
    _drop(details, NOT_DETAILS, path, noted)
    base = component(dialect, f"data/{kind}", name=data.name, uuid=uuid)
    tree = _fitting(present({**base, "storage": storage, **details}), dialect.data[kind], path, noted)
    if tree is not None:
        losses.found.extend(noted.found)
    return tree


def _rucio(details: Tree, dialect: Dialect, losses: Losses, path: str) -> Tree:
    """The names of data in Rucio, which one schema has by themselves and the other together."""
    if dialect.has_meta:
        return {"rucio": details}
    if "type" in details:
        losses.note(
            f"{path}.type", details.pop("type"), "the language does not say what an object in Rucio is"
        )
    return {("domain" if key == "scope" else key): value for key, value in details.items()}


def _datasize(details: Tree) -> Node:
    skao = details.get("skao")
    return skao.get("datasize") if isinstance(skao, dict) else None
