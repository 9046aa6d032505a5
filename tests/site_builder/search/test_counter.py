"""The second suite of relevance: what is typed at a union's counter, asked of two searches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from site_builder.content_store import SynonymGroup
from site_builder.search.documents import SearchDocument
from site_builder.search.network_index import NetworkIndex
from site_builder.search.static_index import build
from site_builder.search.static_query import StaticIndex

SUITE: dict[str, list[Any]] = yaml.safe_load(Path(__file__).with_name("counter.yaml").read_text("utf-8"))
PAGES = [
    SearchDocument(
        id=key, owner="linjiang", kind=kind, path=f"/{key}/", title=title, text=text, date="2025-04-01"
    )
    for key, kind, title, text in SUITE["pages"]
]
SYNONYMS = (SynonymGroup(words=("劳模", "劳动模范")),)
MRR = 0.93
"""The least mean; no query may find what it should later than third."""

Ask = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def static() -> Ask:
    index = StaticIndex(build(PAGES, SYNONYMS))
    return lambda text: [hit.id for hit in index.search(text).hits]


@pytest.fixture(scope="module")
def whoosh(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    index = NetworkIndex(tmp_path_factory.mktemp("counter"))
    index.fill(PAGES, SYNONYMS)
    return lambda text: [hit.id for hit in index.search(text)]


@pytest.mark.parametrize("engine", ["static", "whoosh"])
def test_what_is_typed_at_the_counter_is_found(engine: str, request: pytest.FixtureRequest) -> None:
    ask: Ask = request.getfixturevalue(engine)
    ranks: dict[str, int] = {}
    for _, text, wanted in SUITE["queries"]:
        found = ask(text)
        ranks[text] = next((place for place, key in enumerate(found, 1) if key in wanted), 0)
    late = {text: rank for text, rank in ranks.items() if not 0 < rank <= 3}
    assert not late, "0: not found"
    assert sum(1 / rank for rank in ranks.values()) / len(ranks) >= MRR, {
        text: rank for text, rank in ranks.items() if rank > 1
    }


@pytest.mark.parametrize("engine", ["static", "whoosh"])
@pytest.mark.parametrize(
    "text", ["", "，。！", "🎉🎉", "-夜校", '""', "xqzw", "<script>", "' OR 1=1 --", "\\", ".*[", "鲸鱼鲸鱼"]
)
def test_what_asks_for_nothing_here_finds_little_and_breaks_nothing(
    engine: str, text: str, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(engine)(text)
    assert not text.strip() or len(found) < len(PAGES) / 3
