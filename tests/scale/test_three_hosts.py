"""Three worker hosts share one mailing; one is cut off in the middle and comes back later."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.scale
def test_a_host_that_is_cut_off_loses_nobody_and_mails_nobody_twice_but_what_was_in_flight(tmp_path: Path) -> None:
    answer = tmp_path / "answer.json"
    subprocess.run([sys.executable, "-m", "tests.scale.sending", str(answer)], check=True)
    found = json.loads(answer.read_text())
    print(json.dumps(found, indent=2))  # noqa: T201 (figures for the reader of the log)
    assert found["sent"] == found["reached"] == found["recipients"]
    assert found["several_though_known"] == 0
    assert found["several"] <= found["once_unknown"] <= found["connections_limit"]
    assert found["connections_at_once"] <= found["connections_limit"]
    assert found["sent_during_the_cut"] > 0
    assert found["connections_cut"] > 0
