"""Answers and sessions in the schemas of 2025 and 2026."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve

from execbroker.core.answer import Answer, Offer
from execbroker.core.durations import format_duration
from execbroker.core.instants import format_instant
from execbroker.core.lifecycle import Phase, options
from execbroker.core.session import Connector, Session
from execbroker.core.spans import Span
from execbroker.languages.drafts.detection import DRAFT_2025
from execbroker.languages.drafts.dialects import BY_NAME, Dialect
from execbroker.languages.drafts.messages import message_tree, reason_tree
from execbroker.languages.drafts.session_parts import (
    Scene,
    access,
    computes,
    datas,
    executable_part,
    figures,
    living_parts,
    schedule_tree,
    storages,
    ways,
)
from execbroker.languages.drafts.settled import lasting, settled
from execbroker.languages.drafts.trees import component
from execbroker.languages.drafts.uris import ENUM_OPTION, part_uuid, uuid_of
from execbroker.languages.tdl.answers import identify
from execbroker.languages.text.documents import Node, Tree, present
from execbroker.languages.written import Losses, Occasion, Written

__all__ = ["write_answer", "write_offer_set", "write_session"]

#: What the schema of 2025 calls a phase, where it is not what the core calls it.
_PHASES_2025: Final = {Phase.AVAILABLE: "READY"}


def write_answer(answer: Answer, occasion: Occasion, name: str) -> Written:
    """The document of an answer in the dialect of a name."""
    losses, dialect = Losses(), BY_NAME[name]
    offers: list[Node] = [
        _offer(offer, index, occasion, dialect, losses) for index, offer in enumerate(answer.offers)
    ]
    messages: list[Node] = [reason_tree(each, dialect, occasion.created) for each in answer.reasons]
    if not answer.complete:
        losses.note("complete", "false", "the language cannot say that there may be better offers")
    if answer.omitted:
        losses.note("omitted", answer.omitted, "the language cannot say how many offers were left out")
    for each in answer.unanswered:
        losses.note("unanswered", each.planner, "the language cannot say who did not answer")
    for number, _ in enumerate(answer.alternatives):
        losses.note(f"alternatives[{number}]", "an alternative", "the language has offers only")
    named = evolve(occasion, identifier=occasion.identifier or part_uuid(_identify(answer), "offerset"))
    return Written(write_offer_set(offers, messages, named, name), tuple(losses.found))


def write_offer_set(offers: Sequence[Node], messages: Sequence[Node], occasion: Occasion, name: str) -> Tree:
    """The document of a set of offers, in the dialect of a name; without offers it is a NO.

    Args:
        offers: The documents of its sessions, as they stand.
        messages: What is to be said beside them, such as why there are none.
        occasion: What it is called, when it was made, and its root.
        name: The name of the dialect.
    """
    identifier = uuid_of(occasion.identifier or "")
    known = component(
        BY_NAME[name], "offerset", uuid=identifier, url=f"{occasion.root}/offersets/{identifier}",
        created=_instant(occasion.created), messages=[*messages],
    )  # fmt: skip
    return present({**known, "result": "YES" if offers else "NO", "offers": [*offers] or None})


def _identify(answer: Answer) -> str:
    """What an answer is called if nobody says: by what is in it."""
    return " ".join([*map(identify, answer.offers), *(repr(each) for each in answer.reasons)])


def _instant(instant: int | None) -> str | None:
    return None if instant is None else format_instant(instant)


def _longest(offer: Offer) -> tuple[Span, int]:
    """The starts of the longest runs of an offer, and how long they are: the language has one duration."""
    duration = max(0, min(offer.maxduration, offer.maxend - offer.minstart))
    return Span(offer.minstart, min(offer.maxstart, offer.maxend - duration) + 1), duration


def _offer(offer: Offer, index: int, occasion: Occasion, dialect: Dialect, losses: Losses) -> Tree:
    """An offer: what it says of its longest runs."""
    starts, duration = _longest(offer)
    at = f"offers[{index}]"
    if offer.minduration != duration:
        why = "the language has one duration, the longest"
        losses.note(f"{at}.minduration", format_duration(offer.minduration), why)
    if starts.end <= offer.maxstart:
        why = f"the longest run starts by {format_instant(starts.end - 1)}"
        losses.note(f"{at}.maxstart", format_instant(offer.maxstart), why)
    if starts.end + duration - 1 < offer.maxend:
        why = "the language has no end but that of the last run"
        losses.note(f"{at}.maxend", format_instant(offer.maxend), why)
    identifier = uuid_of(identify(offer))
    known = lasting(offer, duration)
    scene = Scene(dialect, losses, occasion, known, identifier, Phase.OFFERED, starts, duration, at)
    return _session(scene, occasion.created)


def write_session(
    session: Session,
    occasion: Occasion,
    name: str,
    *,
    connectors: Sequence[Connector] = (),
    messages: Sequence[Node] = (),
    is_changeable: bool = True,
) -> Written:
    """The document of a session in the dialect of a name.

    Args:
        session: The session.
        occasion: Its root and its release count; the task is the session's own.
        name: The name of the dialect.
        connectors: The ways in to what runs.
        messages: What is to be said beside why it failed.
        is_changeable: Whether whoever reads it may change it; without that there are no options.
    """
    run, losses = session.run, Losses()
    starts, duration = _longest(session.offer)
    offer = lasting(session.offer, duration) if run is None else settled(session.offer, run)
    scene = Scene(
        BY_NAME[name],
        losses,
        Occasion(session.task, session.created, occasion.root, None, occasion.release),
        offer,
        uuid_of(session.identifier),
        session.phase,
        starts if run is None else Span(run.start, run.start + 1),
        duration if run is None else run.duration,
        "offer",
    )
    said = [*messages]
    if session.message is not None:
        at = session.history[-1].instant
        said.append(
            message_tree(scene.dialect, session.phase.value.lower(), session.message, {}, "ERROR", at)
        )
    tree = _session(scene, session.created, said, connectors, is_changeable=is_changeable)
    return Written(tree, tuple(losses.found))


def _session(
    scene: Scene,
    created: int | None,
    messages: Sequence[Node] = (),
    connectors: Sequence[Connector] = (),
    *,
    is_changeable: bool = True,
) -> Tree:
    dialect, offer, name = scene.dialect, scene.offer, scene.dialect.name
    open_to = _options(scene) if is_changeable else []
    known = component(
        dialect, "session", uuid=scene.identifier, url=f"{scene.occasion.root}/sessions/{scene.identifier}",
        name=_place(scene), created=_instant(created), messages=[*messages], options=open_to,
    )  # fmt: skip
    phase = _PHASES_2025.get(scene.phase, scene.phase.value) if name == DRAFT_2025 else scene.phase.value
    standing: Tree = {"phase": phase, "expires": format_instant(offer.expires)}
    if offer.runner is not None:
        scene.losses.note(f"{scene.at}.runner", offer.runner, "the language does not say who runs it")
    if offer.zone != "UTC":
        scene.losses.note(f"{scene.at}.startdate", offer.zone, "the language has no zone; its times are UTC")
    if not dialect.resources:
        return present(
            {**known, **standing, **living_parts(scene), **ways(connectors, scene), **figures(scene)}
        )
    # The schema asks for `state` and describes `phase`: whoever goes by either finds it.
    options_last = known.pop("options", None)
    executable = executable_part(scene)
    if executable is not None and connectors:
        executable["access"] = [access(each, scene.phase) for each in connectors]
    resources: Tree = {"compute": computes(scene), "storage": storages(scene), "data": datas(scene)}
    figures(scene)
    return present(
        {
            **known, "phase": phase, "state": phase, "expires": standing["expires"], "executable": executable,
            "resources": present(resources), "schedule": schedule_tree(scene), "options": options_last,
        }
    )  # fmt: skip


def _place(scene: Scene) -> str | None:
    """The name of an offer: its platform, its pool and its flavour, if it has one."""
    offer = scene.offer
    parts = [offer.platform, offer.pool] + ([] if offer.flavour is None else [offer.flavour])
    if any("/" in part for part in parts[:2]):
        scene.losses.note(f"{scene.at}.pool", "/".join(parts), "a name cannot say where the platform's ends")
    return "/".join(parts) if any(parts) else None


def _options(scene: Scene) -> list[Node]:
    """What the client may do now (IVOA ExecutionBroker draft, section 2.2.7)."""
    values: list[Node] = [each.value for each in options(scene.phase)]
    path = "phase" if scene.dialect.name == DRAFT_2025 else "/phase"
    return [{scene.dialect.type_key: ENUM_OPTION, "path": path, "values": values}] if values else []
