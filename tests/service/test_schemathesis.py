"""The served description, tried by Schemathesis: no fault, and no answer outside its own schema.

Ten minutes in the profile `long`, some seconds otherwise; `pip install '.[fuzz]'` brings it. All of its checks are
on but these:

* `positive_data_acceptance`: the schema is the form of a document, the reader is the rule. A minimum above its
  maximum fits the schema, and is refused.
* `negative_data_rejection` below `/jobs`: UWS passes over parameters that it does not know. For the list of
  sessions: a parameter too many that is an empty list counts, though it is not sent at all. And where one request
  follows from another: what a link has put right counts as spoilt, if it was so before.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.service.servers import started

pytest.importorskip("schemathesis", reason="schemathesis is not installed")

CONFIGURATION = """
[checks]
positive_data_acceptance.enabled = false

[checks.negative_data_rejection]
# Before it looks at anything else, a service may find a URL too long, headers too many or a body too large.
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 416, 422, 431]

[phases.stateful.checks]
negative_data_rejection.enabled = false

[[operations]]
include-path-regex = "^/(jobs|sessions$)"
[operations.checks]
negative_data_rejection.enabled = false
"""


def test_nothing_is_found(tmp_path: Path) -> None:
    """Whatever it makes of the description is answered as the description says."""
    is_long = settings().max_examples >= settings.get_profile("long").max_examples
    seconds, examples = (600, 1_000_000) if is_long else (8, 10)
    configuration = tmp_path / "schemathesis.toml"
    configuration.write_text(CONFIGURATION, "utf-8")
    with started("wsgiref", tmp_path) as server:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                f"--config-file={configuration}",
                "run",
                f"{server.url}/openapi.json",
                "--auth=ann:apple",
                f"--max-time={seconds}",
                f"--max-examples={examples}",
                "--continue-on-failure",
                "--generation-database=none",
                "--no-color",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    # In some seconds a busy machine does not come to all of them.
    assert ("Tested: 31" if is_long else "Selected: 31/31") in done.stdout
