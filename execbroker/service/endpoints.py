"""The endpoints that this library brings, as values: of the seed language, of UWS, and of the draft's languages."""

from __future__ import annotations

from typing import Final

from execbroker.service.describing import DESCRIBING
from execbroker.service.drafts.endpoints import CALYCOPIS_2026, EB_2025
from execbroker.service.routes import Endpoints
from execbroker.service.seed.asking import ASKING
from execbroker.service.seed.sessions import SESSIONS
from execbroker.service.uws.jobs import JOBS

__all__ = ["ALL", "CALYCOPIS_2026", "EB_2025", "SEED"]

#: The seed language and UWS, and the description.
SEED: Final[tuple[Endpoints, ...]] = (ASKING, SESSIONS, JOBS, DESCRIBING)

#: What a service answers unless it says otherwise: the draft's languages as well, each at a place of its own.
ALL: Final[tuple[Endpoints, ...]] = (
    *SEED,
    EB_2025.mounted("/eb-2025"),
    CALYCOPIS_2026.mounted("/calycopis-1.0"),
)
