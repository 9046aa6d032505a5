"""Rule 2 once more, for whatever a record can say: any field of any record changes, goes or comes.

What a page shows of other records is found out by reading them all; what it *may* show has to be known ahead
(`pages/basis.py`, `release/inputs.py`). Whoever forgets a field there keeps an old page.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from site_builder import content_store, network_build
from site_builder import network as networks
from tests.site_builder.anything import AS_OF, Editor

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

STEPS = 12
Tree = Callable[[Path], dict[str, bytes]]


@pytest.mark.parametrize("seed", range(4))
def test_a_site_is_what_its_records_say_now(
    seed: int, network: Network, tmp_path: Path, tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network_build, "_update_index", lambda *_: [])  # another room's, and slow
    places = network.places
    editor = Editor(places.content, Random(seed))

    def build(data: Path) -> list[Any]:
        report = networks.build(places.content, data, data / "output", as_of=AS_OF, jobs=1)
        return [(site.union, site.release, site.problems, site.next_change) for site in report.sites]

    build(places.data)
    done = []
    for step in range(STEPS):
        done.append(editor.field())
        fresh = tmp_path / f"fresh{step}"
        found, wanted = build(places.data), build(fresh)
        live, anew = (tree(data / "output/sites") for data in (places.data, fresh))
        assert live.keys() == anew.keys(), done
        assert [path for path in live if live[path] != anew[path]] == [], done
        assert found == wanted, done
        shutil.rmtree(fresh)
    assert content_store.read(places.content).records
