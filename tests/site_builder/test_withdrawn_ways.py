"""Where the notice of a withdrawn record leads: on through what went in its turn, never to old addresses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from site_builder import network
from site_builder.plan import plan
from tests.builders import NOW, Network, days, to

GONE = NOW - days(1)


def ways(made: Network, union: str, now: datetime = NOW) -> dict[str, str | None]:
    return {tombstone.path: tombstone.target for tombstone in plan(made.content(), union, now).tombstones}


def test_a_withdrawn_target_sends_readers_on() -> None:
    made = Network()
    last = made.guide("shandong", "c", share=to("descendants"))
    second = made.guide("shandong", "b", share=to("descendants"))
    first = made.guide("shandong", "a", share=to("descendants"))
    for record, onward in ((second, last), (first, second)):
        made.change(record, withdrawn={"at": GONE, "reason": "合并", "redirect": f"record:{onward.id}"})
    assert ways(made, "pingdu") == dict.fromkeys(
        ("/guides/shandong/a/", "/guides/shandong/b/"), "/guides/shandong/c/"
    )
    made.change(last, published=NOW + days(1))
    built = plan(made.content(), "pingdu", NOW)
    assert set(ways(made, "pingdu").values()) == {None}
    assert built.next_change == NOW + days(1)

    made.change(last, withdrawn={"at": GONE, "reason": "x", "redirect": f"record:{first.id}"}, published=GONE)
    assert set(ways(made, "pingdu").values()) == {None}, "no way leads round in circles"


def test_the_way_follows_a_record_that_is_no_part_of_the_site(tmp_path: Path) -> None:
    made = Network(tree=False)
    made.union("shandong", level="province")
    made.union("pingdu", "shandong")
    target = made.story("shandong", "ziel")
    middle = made.guide("shandong", "mitte")
    first = made.guide("shandong", "anfang", share=to("descendants"))
    made.change(middle, withdrawn={"at": GONE, "reason": "合并", "redirect": f"record:{target.id}"})
    made.change(first, withdrawn={"at": GONE, "reason": "合并", "redirect": f"record:{middle.id}"})
    folders = [tmp_path / name for name in ("content", "var", "out")]

    def notice() -> str:
        for file in folders[0].rglob("story/*.md"):
            file.unlink()
        made.write(folders[0])
        assert not network.build(*folders, as_of=NOW, jobs=1).has_errors
        return (folders[2] / "sites/pingdu/guides/shandong/anfang/index.html").read_text("utf-8")

    assert "https://shandong.example/news/2025/04/ziel/" in notice()
    made.change(target, slug="neu")
    assert "https://shandong.example/news/2025/04/neu/" in notice(), "nothing is skipped for looking the same"
