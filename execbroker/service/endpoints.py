"""The endpoints that this library brings, as values: of the seed language, of UWS, and of the draft's languages."""

from __future__ import annotations

from typing import Final

from execbroker.service.asking import ASKING
from execbroker.service.describing import DESCRIBING
from execbroker.service.drafts import CALYCOPIS_2026, EB_2025
from execbroker.service.mounted_jobs import JOBS
from execbroker.service.routes import Endpoints
from execbroker.service.sessions import SESSIONS

__all__ = ["ALL", "CALYCOPIS_2026", "EB_2025", "SEED"]

#: The seed language and UWS, and the description.
SEED: Final[tuple[Endpoints, ...]] = (ASKING, SESSIONS, JOBS, DESCRIBING)

#: What a service answers unless it says otherwise: the draft's languages as well, each at a place of its own.
ALL: Final[tuple[Endpoints, ...]] = (
    *SEED,
    EB_2025.mounted("/eb-2025"),
    CALYCOPIS_2026.mounted("/calycopis-1.0"),
)
