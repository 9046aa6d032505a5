"""What a site may not show changes no byte of it: whoever reads all files of a site learns nothing of it.

The release id is the hash of every file of a site, so it is enough to change what is hidden and to look which
releases change.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts.handmade import PNG, REQUIRED, Handmade, named

INDICATORS = (
    "indicators:\n  - name: 参加人数\n    unit: 人\n    readings:\n      - value: 313\n        as_of: 2024\n"
)
Step = tuple[Callable[[Handmade], None], set[str]]


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Handmade:
    made = Handmade(tmp_path_factory.mktemp("private"))
    made.record("allen", "sheng", fields=REQUIRED)
    made.record("morgen", "sheng", fields=REQUIRED, published="2026-01-01")
    made.record("vorbei", "sheng", fields=REQUIRED + "expires: 2025-03-01\n")
    made.record("daheim", "yi", fields="keywords:\n  - 暗号\n")
    made.record("zahlen", "yi", "dataset", fields=INDICATORS)
    made.record("ort", "yi", "place", fields="place: 某路1号\n")
    made.record("ehre", "yi", "dataset", fields="type: honours\nawards:\n  - award: 甲奖\n    level: city\n"
                "    year: 2024\n    to: unit\n")  # fmt: skip
    made.record("bild", "jia", published="2026-01-01",
                fields="lead_picture:\n  media: media:jia/bild.png\n  alt: 图\n")  # fmt: skip
    made.write("media/jia/bild.png", PNG)
    made.write("media/jia/bild.png.yaml", "title: 图\n")
    made.record("nennt", "jia", fields="related:\n" + "".join(
        f"  - {named(name)}\n" for name in ("morgen", "vorbei", "daheim")))  # fmt: skip
    made.record("kurve", "jia", body=f"/// chart\n    dataset: {named('zahlen')}\n///")
    made.record("kurs", "jia", "event", fields=f"venue: {named('ort')}\noutcome:\n  - label: 人数\n"
                "    value: 777\n    unit: 人\n    as_of: 2025-04\n"
                "sessions:\n  - starts: 2025-05-01\n")  # fmt: skip
    made.record("ruf", "jia", "program", fields=f"type: call\nhonours: {named('ehre')}\n"
                "publicity:\n  window:\n"
                "    opens: 2025-05-01\n    closes: 2025-05-05\n  entries:\n    - name: 甲厂\n")  # fmt: skip
    made.record("eigen", "jia", fields=f"edition_of: {named('daheim')}\n")
    made.record("zuvor", "jia", fields=f"edition_of: {named('morgen')}\n")
    made.write("adoptions/jia.yaml", f"- record: {named('daheim')}\n  action: pin\n")
    made.build()
    return made


def _text(file: str, old: str, new: str) -> Callable[[Handmade], None]:
    return lambda made: made.change(file, old, new)


def _picture(made: Handmade) -> None:
    made.write("media/jia/bild.png", PNG + b"x")


NOBODY: set[str] = set()
STEPS: dict[str, Step] = {
    "embargoed": (_text("records/sheng/story/morgen.md", "之", "的"), NOBODY),
    "expired": (_text("records/sheng/story/vorbei.md", "之", "的"), NOBODY),
    "unshared but named everywhere": (_text("records/yi/story/daheim.md", "之", "的"), {"yi"}),
    "keywords, for its own search": (_text("records/yi/story/daheim.md", "暗号", "口令"), {"yi"}),
    "numbers that another's chart names": (_text("records/yi/dataset/zahlen.md", "313", "314"), {"yi"}),
    "the address of a venue of others": (_text("records/yi/place/ort.md", "1号", "2号"), {"yi"}),
    "honours of others": (_text("records/yi/dataset/ehre.md", "甲奖", "乙奖"), {"yi"}),
    "an outcome before the event": (_text("records/jia/event/kurs.md", "777", "778"), NOBODY),
    "公示 before its window": (_text("records/jia/program/ruf.md", "甲厂", "乙厂"), NOBODY),
    "an embargoed record's picture": (_picture, NOBODY),
    "an unused description": (_text("media/jia/bild.png.yaml", "图", "画"), NOBODY),
    "the day by which": (_text("records/sheng/story/allen.md", "  to:", "  by: 2025-05-01\n  to:"), NOBODY),
    "a schedule": (_text("unions/yi.md", "site:", "schedule:\n  cron: 0 6 * * *\nsite:"), NOBODY),
    "what all show": (_text("records/sheng/story/allen.md", "之文", "的文"), {"sheng", "jia", "yi"}),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_change_of_what_is_hidden_changes_no_site(network: Handmade, name: str) -> None:
    change, who = STEPS[name]
    before = network.releases()
    change(network)
    after = network.releases()
    assert {union for union in before if before[union] != after[union]} == who
    assert all(after.values())


def test_a_chart_of_an_own_dataset_travels_with_its_text(tmp_path: Path) -> None:
    made = Handmade(tmp_path)
    made.record("zahlen", "sheng", "dataset", fields=INDICATORS)
    made.record("kurve", "sheng", fields=REQUIRED, body=f"/// chart\n    dataset: {named('zahlen')}\n///")
    made.build()
    for union, path in (("sheng", "kurve"), ("jia", "sheng/kurve")):
        page = made.output / f"sites/{union}/news/2025/01/{path}/index.html"
        assert "313" in page.read_text(encoding="utf-8"), union
