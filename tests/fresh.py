"""Fresh processes that can import the library under test and know nothing of the pytest that starts them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import execbroker

__all__ = ["LIBRARY", "run_pytest", "run_python"]

#: Where the library under test is.
LIBRARY: Final = Path(execbroker.__path__[0]).parent
#: What is started is another one, which options for this pytest do not concern.
_OUTSIDE: Final = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}


def run_python(
    *arguments: str, folder: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """What becomes of an interpreter; the folder that it is started in can be imported from as well."""
    places = [str(LIBRARY)] + ([] if folder is None else [str(folder)])
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**_OUTSIDE, "PYTHONPATH": os.pathsep.join(places), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def run_pytest(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of the tests of a folder, in which it leaves nothing."""
    # Where it is installed, the plugin of Schemathesis imports Hypothesis before anybody asks for it.
    alone = ("-p", "no:cacheprovider", "-p", "no:schemathesis")
    return run_python("-m", "pytest", "-q", *alone, *arguments, folder=folder, **variables)
