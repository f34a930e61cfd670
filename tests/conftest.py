"""What every test starts from: no window on the desktop, no state of the user's, bounded random examples."""

import gc
import os
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import settings

# Read by Qt when the first application object is made. CAGENUT_TEST_PLATFORM=xcb runs the tests on a display.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("CAGENUT_TEST_PLATFORM", "offscreen")

settings.register_profile("local", deadline=None, max_examples=40)
# The gate tries the same examples every time, so more of them would find nothing new.
settings.register_profile("gate", deadline=None, max_examples=25, derandomize=True, database=None)
settings.load_profile("gate" if os.environ.get("CI") else "local")


@pytest.fixture(autouse=True)
def state_dir(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give each test a state folder (journals, settings, caches) of its own."""
    folder = str(tmp_path_factory.mktemp("state"))
    monkeypatch.setenv("CAGENUT_STATE_DIR", folder)
    return folder


_ended = count(1)


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart() -> Iterator[None]:
    """Switch the collector off: amid an event, or on a worker thread, it would destroy widgets there."""
    result = yield
    gc.collect()
    gc.freeze()  # what is imported stays
    gc.disable()
    return result


def pytest_runtest_logfinish() -> None:
    """Collect between tests, as `desktop.garbage` does between events: widgets are in cycles."""
    gc.collect(2 if next(_ended) % 40 == 0 else 1)
