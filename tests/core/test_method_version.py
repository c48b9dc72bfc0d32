"""A new method version changes what is written on results, and nothing that was saved before."""

import json

import pytest
from good_scenario import GOOD, make

from allocator import allocate, load_scenario
from allocator.analysis.differences import differences
from allocator.analysis.sweep import sweep
from allocator.core.allocation import Allocation
from allocator.files.saved import states, store


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ALLOCATOR_HOME", str(tmp_path / "home"))


def test_a_state_of_an_earlier_version_opens_as_before(tmp_path, monkeypatch):
    scenario = load_scenario(make(tmp_path / "fund", GOOD))
    with monkeypatch.context() as before:
        before.setattr(states, "METHOD_VERSION", "1")
        store.keep("a", scenario, who="", stage="初稿", after=None)
    (state,) = store.history("a")
    assert state.method_version == "1" and states.sound(state)
    entry = json.loads((state.path.parent / "entry.json").read_text("utf-8"))
    again = store.load_state("a", 1)
    assert again == scenario and again.digest == entry["digest"] == state.digest
    assert not differences(scenario, again)
    assert allocate(again).amounts == allocate(scenario).amounts
    later = store.keep("a", again, who="", after=1)
    assert later.changes == () and later.method_version != "1"


def test_digests_do_not_hang_on_the_version(tmp_path, monkeypatch):
    """Neither a scenario's nor a sweep's: the same draws are counted in the same way."""
    scenario = load_scenario(make(tmp_path / "fund", GOOD))
    found = []
    for version in ("1", "2"):
        with monkeypatch.context() as patch:
            patch.setattr(Allocation, "method_version", version, raising=False)
            patch.setattr("allocator.core.engine.METHOD_VERSION", version)
            swept = sweep(scenario, 500)
            assert swept.present.method_version == version
            found.append((scenario.digest, swept.digest))
    assert found[0] == found[1]
