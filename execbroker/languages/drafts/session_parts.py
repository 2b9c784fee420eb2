"""The parts of an offer or a session in the schemas of 2025 and 2026: components, times, ways in and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final, cast, final

from attrs import frozen

from execbroker.core.amounts import CORES, MEMORY, STORAGE
from execbroker.core.answer import MONETARY, Allotment, Figure, Offer
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.lifecycle import Phase
from execbroker.core.ranges import Range
from execbroker.core.session import Connector
from execbroker.core.sizes import format_amount
from execbroker.core.spans import Span
from execbroker.core.task import Task
from execbroker.languages.drafts.amounts import write_bounds
from execbroker.languages.drafts.dialects import Dialect
from execbroker.languages.drafts.requests_writing import figure_tree, requested_tree
from execbroker.languages.drafts.times import write_interval
from execbroker.languages.drafts.trees import (
    component,
    data_tree,
    executable_tree,
    volume_trees,
)
from execbroker.languages.drafts.uris import PROXIMITY, part_uuid
from execbroker.languages.tdl.answers import spell_cost
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.languages.written import Losses, Occasion

__all__ = [
    "Scene",
    "access",
    "computes",
    "datas",
    "executable_part",
    "figures",
    "living_parts",
    "schedule_tree",
    "storages",
    "ways",
]

#: What the parts of a session are doing, where that is not called what the session is doing.
_OF_PARTS: Final = {
    Phase.OFFERED: "INITIALIZING",
    Phase.ACCEPTED: "INITIALIZING",
    Phase.REJECTED: "CANCELLED",
    Phase.EXPIRED: "CANCELLED",
}
_OPEN: Final = (Phase.AVAILABLE, Phase.RUNNING)
_NOT_YET: Final = (Phase.OFFERED, Phase.ACCEPTED, Phase.WAITING, Phase.PREPARING)


@final
@frozen(eq=False)
class Scene:
    """One offer or session that is being written."""

    dialect: Dialect
    losses: Losses
    occasion: Occasion
    offer: Offer
    identifier: str
    phase: Phase
    starts: Span
    duration: int
    at: str

    @property
    def task(self) -> Task:
        """What was asked, as far as it is known."""
        return self.occasion.task or Task()

    def uuid(self, path: str) -> str:
        """That of a part."""
        return part_uuid(self.identifier, path)


def executable_part(scene: Scene) -> Tree | None:
    """What is to be run, if anything is."""
    executable = scene.task.executable
    if executable is None:
        return None
    return executable_tree(executable, scene.dialect, Losses(), scene.uuid("executable"))


def living_parts(scene: Scene) -> Tree:
    """The components of a session as the schema of 2026 has them, each with its phase and its schedule.

    Compute is held over the run; data are staged before it and removed after it; storage is there all the time.
    """
    executable = executable_part(scene)
    phase, schedule = _OF_PARTS.get(scene.phase, scene.phase.value), schedule_tree(scene)
    run: Tree = {"schedule": {scene.dialect.run: schedule[scene.dialect.run]}}
    staged: Tree = {"schedule": schedule}
    kept: Tree = {"schedule": {scene.dialect.run: _around(scene)}}

    def living(node: Node, more: Tree) -> Tree:
        tree = cast("Tree", node)
        head: Tree = {key: value for key, value in tree.items() if key in ("kind", "meta")}
        return {**head, "phase": phase, **{key: tree[key] for key in tree if key not in head}, **more}

    given = computes(scene)
    for index in range(1, len(given)):
        path = f"{scene.at}.compute-resources[{index}]"
        scene.losses.note(path, "a compute resource", "the language has one compute resource")
    return {
        "executable": None if executable is None else living(executable, run),
        "compute": living(given[0], run) if given else None,
        "storage": [living(each, kept) for each in storages(scene)],
        "data": [living(each, staged) for each in datas(scene)],
        "schedule": schedule,
    }


def computes(scene: Scene) -> list[Node]:
    """What each compute resource gets."""
    trees: list[Node] = []
    for index, allotment in enumerate(scene.offer.compute):
        asked = scene.task.compute[index] if index < len(scene.task.compute) else None
        path, uuid = f"{scene.at}.compute-resources[{index}]", scene.uuid(f"compute {index}")
        for resource in allotment.maximum:
            if resource not in (CORES, MEMORY):
                what = format_amount(resource, allotment.maximum[resource], scene.offer.sizes)
                scene.losses.note(f"{path}.{resource}", what, "the language has cores and memory only")
        amounts: Tree = {
            resource: _amount(
                scene, resource, allotment, f"{path}.?{resource}", asked and asked.ranges.get(resource)
            )
            for resource in (CORES, MEMORY)
            if resource in allotment.maximum
        }
        volumes = volume_trees(
            asked.volumes if asked else (), scene.dialect, _refer(scene), _volume_uuid(scene, index)
        )
        base = component(scene.dialect, "compute", name=allotment.name, uuid=uuid)
        trees.append(present({**base, **amounts, "volumes": volumes}))
    return trees


def _volume_uuid(scene: Scene, compute: int) -> Callable[[int], str]:
    return lambda index: scene.uuid(f"compute {compute} volume {index}")


def _amount(scene: Scene, resource: str, allotment: Allotment, path: str, asked: Range | None) -> Tree:
    """What is offered of a resource; one of the schemas shows what was asked beside it."""
    given = Range(allotment.minimum.get(resource, 0), allotment.maximum.get(resource, 0))
    offered = write_bounds(resource, given, scene.losses, path, is_offered=True)
    if not scene.dialect.has_sides:
        return offered
    requested = None if asked is None else write_bounds(resource, asked, Losses(), "")
    return present({"requested": requested, "offered": offered})


def _refer(scene: Scene) -> Callable[[str], str]:
    """What a component calls another: by its UUID in one schema, by its name in the other."""
    uuids = {
        each.name: scene.uuid(f"data {index}") for index, each in enumerate(scene.task.data) if each.name
    }
    uuids |= {
        each.name: scene.uuid(f"storage {index}")
        for index, each in enumerate(scene.task.storage)
        if each.name
    }
    return (lambda name: uuids.get(name, name)) if scene.dialect.has_meta else str


def storages(scene: Scene) -> list[Node]:
    """What each storage resource gets."""
    trees: list[Node] = []
    for index, allotment in enumerate(scene.offer.storage):
        asked = scene.task.storage[index].size if index < len(scene.task.storage) else None
        size = _amount(scene, STORAGE, allotment, f"{scene.at}.storage-resources[{index}].?size", asked)
        held: list[Node] = [
            scene.uuid(f"data {number}")
            for number, each in enumerate(scene.task.data)
            if each.storage is not None and each.storage == allotment.name
        ]
        base = component(scene.dialect, "storage", name=allotment.name, uuid=scene.uuid(f"storage {index}"))
        trees.append(present({**base, "size": size, "data": held if scene.dialect.has_meta else None}))
    return trees


def datas(scene: Scene) -> list[Node]:
    """The data that the task reads."""
    refer = _refer(scene)
    return [
        data_tree(
            each,
            scene.dialect,
            Losses(),
            "",
            each.storage and refer(each.storage),
            scene.uuid(f"data {index}"),
        )
        for index, each in enumerate(scene.task.data)
    ]


def schedule_tree(scene: Scene) -> Tree:
    """When it is prepared, run and released."""
    dialect, offer = scene.dialect, scene.offer
    tree: Tree = {}
    if dialect.has_sides and scene.occasion.task is not None:
        tree["requested"] = requested_tree(scene.task, dialect, Losses())
    if offer.preparation:
        tree["preparing"] = _stretch(scene, -offer.preparation, offer.preparation)
    tree[dialect.run] = {"start": write_interval(scene.starts), "duration": format_duration(scene.duration)}
    if scene.occasion.release:
        tree["releasing"] = _stretch(scene, scene.duration, scene.occasion.release)
    return present(tree)


def _around(scene: Scene) -> Tree:
    """From the start of the preparation to the end of the release."""
    lead, lag = scene.offer.preparation, scene.occasion.release
    moved = Span(max(0, scene.starts.start - lead), max(1, scene.starts.end - lead))
    return {"start": write_interval(moved), "duration": format_duration(lead + scene.duration + lag)}


def _stretch(scene: Scene, offset: int, duration: int) -> Tree:
    """A time that goes with the start: an instant in one schema, an interval in the other."""
    moved = Span(max(0, scene.starts.start + offset), scene.starts.end + offset)
    start = write_interval(moved) if scene.dialect.has_sides else format_instant(moved.start)
    return {"start": start, "duration": format_duration(duration)}


def ways(connectors: Sequence[Connector], scene: Scene) -> Tree:
    """The ways in, as the schema of 2026 has them."""
    trees: list[Node] = [
        {
            "kind": each.kind,
            "status": _status(scene.phase, "AVAILABLE"),
            "protocol": each.protocol,
            "location": each.location,
        }
        for each in connectors
    ]
    return {"connectors": trees}


def access(connector: Connector, phase: Phase) -> Tree:
    """A way in, as the schema of 2025 has it."""
    return {
        "status": _status(phase, "ACTIVE"),
        "protocol": connector.protocol,
        "locations": [connector.location],
    }


def _status(phase: Phase, is_open: str) -> str:
    if phase in _OPEN:
        return is_open
    return "PREPARING" if phase in _NOT_YET else "FINISHED"


def figures(scene: Scene) -> Tree:
    """What it costs and how near it is."""
    offer, dialect, losses = scene.offer, scene.dialect, scene.losses
    if dialect.has_meta:
        costs = [_gauged(each, "costs", scene) for each in offer.costs]
        metrics = [_gauged(each, "metrics", scene) for each in offer.metrics]
        if offer.cost is not None and not any(each.meaning == MONETARY for each in offer.costs):
            least = _exactly(offer.cost.amount, scene, "cost")
            costs.insert(0, figure_tree(dialect, "costs", MONETARY, least, None, offer.cost.currency))
        if offer.proximity is not None:
            metrics.append(figure_tree(dialect, "metrics", PROXIMITY, offer.proximity, offer.proximity))
        return {"costs": costs, "metrics": metrics}
    if offer.cost is not None:
        losses.note(f"{scene.at}.cost", spell_cost(offer.cost.amount), "the language has no costs")
    for group, figures_of_group in (("costs", offer.costs), ("metrics", offer.metrics)):
        for each in figures_of_group:
            if each.meaning != MONETARY or offer.cost is None:
                losses.note(f"{scene.at}.{group}", each.meaning, f"the language has no {group}")
    if offer.proximity is not None:
        losses.note(f"{scene.at}.proximity", offer.proximity, "the language has no metrics")
    return {}


def _gauged(figure: Figure, group: str, scene: Scene) -> Node:
    least, most = (_exactly(each, scene, group) for each in (figure.least, figure.most))
    return figure_tree(scene.dialect, group, figure.meaning, least, most, figure.description)


def _exactly(amount: Fraction, scene: Scene, key: str) -> Decimal:
    """An amount in decimals, with a note if they do not hold it."""
    text = spell_cost(amount)
    if Fraction(text) != amount:
        scene.losses.note(f"{scene.at}.{key}", amount, f"{text} is written")
    return Decimal(text)
