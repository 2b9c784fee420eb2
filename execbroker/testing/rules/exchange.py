"""What the rules on answers look at: a question and its answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, final

from attrs import frozen

from execbroker.core.answer import Answer, Offer
from execbroker.core.platform import Platform, Pool
from execbroker.testing.worlds import World

__all__ = ["Exchange", "Place"]


@final
class Place(NamedTuple):
    """An offer, what a violation calls it, and where it is from."""

    name: str
    offer: Offer
    platform: Platform
    pool: Pool


@final
@frozen
class Exchange:
    """What was asked, where and when, and what was answered."""

    world: World
    answer: Answer

    @property
    def places(self) -> Iterator[Place]:
        """Each offer that is from somewhere; of those from nowhere speaks one rule alone."""
        pools = {
            (platform.name, pool.name): (platform, pool)
            for platform in self.world.platforms
            for pool in platform.pools
        }
        for number, offer in enumerate(self.answer.offers):
            if (offer.platform, offer.pool) in pools:
                yield Place(f"offers[{number}]", offer, *pools[offer.platform, offer.pool])
