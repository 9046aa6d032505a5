"""`build --explain`: what is said names the record and the field, also where a page shows another's title."""

from __future__ import annotations

from pathlib import Path

from site_builder import content_store, network
from tests.builders import NOW, Network, to


def test_titles_of_records_that_a_page_names(tmp_path: Path) -> None:
    made = Network(tree=False)
    made.union("shandong", level="province")
    made.union("pingdu", "shandong")
    source = made.program("shandong", "qiuxue", title="求学圆梦", share=to("descendants"))
    made.edition("pingdu", source, "qiuxue", title="平度求学")
    guide = made.guide("pingdu", "ruhui", title="入会")
    newer = made.guide("pingdu", "ruhui-2025", title="入会新办法", supersedes=[guide.id])
    column = made.topic("pingdu", "wenda", title="问答", type="column", items=[newer.id])

    def reasons() -> dict[str, str]:
        folders = [tmp_path / name for name in ("content", "var", "out")]
        made.write(folders[0])
        report = network.build(*folders, ["pingdu"], as_of=NOW, jobs=1, explain=True)
        assert not report.has_errors
        return dict(report.sites[0].reasons or ())

    assert set(reasons().values()) == {"new page"}
    assert reasons() == {}

    made.change(source, title="求学圆梦行动")
    assert reasons()["programs/qiuxue/index.html"] == "the title of program shandong《求学圆梦行动》 changed"

    made.change(newer, title="入会办法")
    found = reasons()
    assert found["guides/ruhui/index.html"] == "the title of guide 《入会办法》 changed"
    assert found["guides/ruhui-2025/index.html"] == "the title of guide 《入会办法》 changed"
    assert found["guides/index.html"] == "lists the changed guide 《入会办法》"

    made.change(column, title="你问我答")
    assert reasons()["guides/ruhui-2025/index.html"] == "the title of collection 《你问我答》 changed"
    made.change(column, items=[source.id])
    assert reasons()["guides/ruhui-2025/index.html"] == "no longer names /columns/wenda/"

    other = made.guide("pingdu", "tuihui", title="退会")
    reasons()
    made.change(other, withdrawn={"at": NOW, "reason": "更正"})
    assert reasons()["guides/index.html"] == "no longer lists guide 《退会》"
    (tmp_path / "content" / content_store.record_path(made.records.pop(newer.id))).unlink()
    assert f"no longer lists a record that is gone ({newer.id})" in reasons()["guides/index.html"]


def test_what_a_whole_site_shows_is_called_by_its_name(tmp_path: Path) -> None:
    made = Network(tree=False)
    made.union("shandong", level="province")
    made.union("qingdao", level="province")
    made.union("pingdu", "shandong")
    made.program("pingdu", "qiuxue")

    def reasons(union: str) -> dict[str, str]:
        folders = [tmp_path / name for name in ("content", "var", "out")]
        made.write(folders[0])
        report = network.build(*folders, [union], as_of=NOW, jobs=1, explain=True)
        assert not report.has_errors
        return dict(report.sites[0].reasons or ())

    reasons("pingdu"), reasons("shandong")
    pingdu = made.unions["pingdu"]
    site = pingdu.site.model_copy(update={"slogan": "为职工"})
    made.unions["pingdu"] = pingdu.model_copy(update={"site": site})
    assert reasons("pingdu")["programs/index.html"] == "changed: the site's slogan"
    made.unions["pingdu"] = made.unions["pingdu"].model_copy(update={"parent": "qingdao"})
    assert reasons("pingdu")["programs/index.html"] == "changed: the site's unions above it"
    assert reasons("shandong")["about/index.html"] == "changed: the unions it lists"
