"""Rule 2 once more, for whatever a record can say: any field of any record changes, goes or comes.

What a page shows of other records is found out by reading them all; what it *may* show has to be known ahead
(`pages/basis.py`, `release/inputs.py`). Whoever forgets a field there keeps an old page.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from site_builder import content_store, network_build
from site_builder import network as networks

if TYPE_CHECKING:
    from tests.site_builder.conftest import Network

AS_OF = datetime.fromisoformat("2025-04-08T09:00:00+08:00")
STEPS = 12
STAYS = ("id", "kind", "union")
LINKS = ("/finder/#need-health", "/programs/past/", "/events/past/", "/places/")
Tree = Callable[[Path], dict[str, bytes]]


class Editor:
    """Somebody who changes the files of a content folder in any way that leaves them readable."""

    def __init__(self, content: Path, random: Random) -> None:
        self.content, self.random = content, random

    def files(self) -> list[Path]:
        return sorted(self.content.glob("records/*/*/*.md"))

    def edit(self) -> str:
        file = self.random.choice(self.files())
        _, head, body = file.read_text("utf-8").split("---\n", 2)
        said = yaml.safe_load(head)
        name = self.random.choice([name for name in said if name not in STAYS])
        match self.random.randrange(8):
            case 0:
                link = self.random.choice([f"record:{self.other(file.parent)['id']}", *LINKS])
                body += f"\n\n[见此]({link})。\n"
            case 1 if name not in ("title", "slug", "published"):
                del said[name]
            case 2 | 3:
                given = self.other(file.parent)
                name = self.random.choice([name for name in given if name not in (*STAYS, "slug")])
                said[name] = given[name]
            case 4:
                name = "file"
                file = file.rename(file.with_name(f"called-{self.random.randrange(99)}-{file.name[-20:]}"))
            case _:
                said[name] = self.other_value(said[name])
        text = yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
        file.write_text(f"---\n{text}---\n{body}", "utf-8")
        return f"{name} of {file.relative_to(self.content)}"

    def other(self, folder: Path) -> Any:
        """What another record of the same kind says."""
        file = self.random.choice([file for file in self.files() if file.parent.name == folder.name])
        return yaml.safe_load(file.read_text("utf-8").split("---\n", 2)[1])

    def other_value(self, value: Any) -> Any:
        """Another of the same shape."""
        random = self.random
        match value:
            case bool():
                return not value
            case int():
                return value + random.choice([-1, 1, 7])
            case datetime():
                return value + timedelta(hours=random.choice([-100, -1, 1, 100]))
            case date():
                return value + timedelta(days=random.choice([-40, -1, 1, 40]))
            case str():
                return f"{value}改"
            case [*items] if items:
                place = random.randrange(len(items))
                less = [*items[:place], *items[place + 1 :]]
                other = [*items[:place], self.other_value(items[place]), *items[place + 1 :]]
                return random.choice([less, other, items[::-1], [*items, items[place]]])
            case {**parts} if parts:
                name = random.choice(list(parts))
                return {**parts, name: self.other_value(parts[name])}
        return value


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
        done.append(editor.edit())
        fresh = tmp_path / f"fresh{step}"
        found, wanted = build(places.data), build(fresh)
        live, anew = (tree(data / "output/sites") for data in (places.data, fresh))
        assert live.keys() == anew.keys(), done
        assert [path for path in live if live[path] != anew[path]] == [], done
        assert found == wanted, done
        shutil.rmtree(fresh)
    assert content_store.read(places.content).records
