"""load -> export and export -> load: the same bytes, and only what an edit changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Drawing
from wagtail.models import Page, PageLogEntry, PageViewRestriction, Revision

from cms.exporting.models import Exported
from cms.records.models import RecordPage, StoryPage
from cms.unions.models import UnionPage
from site_builder import content_store
from site_builder.locks import LockTimeout
from site_builder.records import Media
from site_builder.release import content_lock
from tests.builders import Network, to
from tests.cms.bridge import Bridge, draft, edit, page_of

pytestmark = pytest.mark.django_db

CONTENT = Path(__file__).parents[3] / "content"

BODY = """/// section | 课程
    anchor: kecheng
///

每晚**七点**开课，见[项目](record:{program})和[报名表](media:shandong/biao.pdf)。\\
地点另行通知。

1. 书法
    - 楷书
    - 行书
2. 摄影

/// figures
    items:
      - label: 学员
        value: 125460.30
        unit: 人次
        qualifier:
          - 超
        as_of: 2024-10
///

/// image
    media: media:shandong/yexiao.png
    alt: 亮灯的教室
///

| 课程 | 价格 |
| --- | --- |
| 油画 | 88元 |

/// editor_note | 小编说
夜校年年有。
///"""

PINNED_UNTIL = datetime.fromisoformat("2025-05-01T18:00:00+08:00")


@pytest.fixture
def network() -> Network:
    network = Network(tree=False)
    network.union(
        "shandong", None, "province",
        site={
            "menu": [{"label": "夜校", "link": "/programs/ye-xiao/"}], "icon": "media:shandong/yexiao.png",
            "wechat": {"name": "山东工会", "code": "media:shandong/yexiao.png"},
        },
        new_share={"mode": "offer", "to": ["descendants", "level:county"], "slots": ["contact"]},
    )  # fmt: skip
    network.union(
        "qingdao",
        "shandong",
        "city",
        aliases=("市总",),
        region_code="370200",
        closure={"how": "merged", "since": "2025-06-01", "successors": ["shandong"], "note": "并入省总"},
        schedule={"cron": "0 6 * * *", "quiet_hours": "22:00-06:00"},
    )
    program = network.program(
        "shandong", "ye-xiao", share=to("descendants", mode="offer", slots=("contact", "dates")),
        window={"opens": "2025-04-01", "closes": "2025-05-01T17:30:00+08:00", "note": "先到先得"},
        cost={"free": False, "value": "88.50"}, membership_required=False,
        papers=[{"name": "身份证", "form": "copy", "count": 2, "template": "media:shandong/biao.pdf"}],
        steps=[{"title": "报名", "text": "到**窗口**办理。"}], quota={"value": "120.0", "qualifier": ["近"]},
    )  # fmt: skip
    story = network.story(
        "shandong", "zou-hong", body=BODY.format(program=program.id), topics=("职工夜校",),
        related=(program.id,), event_date="2025-03",
        lead_picture={"media": "media:shandong/yexiao.png", "alt": "教室", "caption": "晚上七点"},
        bylines=[{"role": "reporter", "name": "市总宣传部"}], abstract={"text": "夜校火了"},
        key_points=["课由职工选。", "满10人开班。"],
        source={"relation": "reprint", "publication": "工人日报", "issue_date": "2025-03-30", "page": "3版"},
        pinned_until="2025-04-20T18:00:00+08:00", noindex=True,
        wechat={"title": "夜校的灯", "digest": "周末晚上也亮着。", "cover": "media:shandong/yexiao.png"},
    )  # fmt: skip
    network.edition("qingdao", program, "ye-xiao-qingdao", contact={"phone": "12351"})
    network.guide(
        "qingdao",
        "yi-liao",
        parameters=[{"name": "上限", "value": "3000.00", "unit": "元", "valid_from": "2025-01-01"}],
        refused="不服的，**十五日内**起诉。",
        supervision={"name": "经审办", "phone": "0532-1", "purpose": "监督"},
    )
    network.topic(
        "shandong", "ye-xiao-zhuan-ti", items=(story.id,), query=("职工夜校",), desk="省总宣教部",
        frequency="每周一次",
    )  # fmt: skip
    network.story(
        "qingdao",
        "che-hui",
        withdrawn={"at": "2025-04-02", "reason": "内容有误", "redirect": f"record:{story.id}"},
    )
    network.adopt("qingdao", program, "pin", PINNED_UNTIL, contact={"phone": "12351"}, dates={"note": "五月"})
    return network


@pytest.fixture
def bridge(network: Network, tmp_path: Path) -> Bridge:
    """The network as canonical files, not yet loaded."""
    bridge = Bridge.under(tmp_path)
    folder = bridge.content / "media/shandong"
    folder.mkdir(parents=True)
    Drawing.new("RGB", (12, 8), "red").save(folder / "yexiao.png")
    (folder / "yexiao.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9" /></svg>')
    (folder / "biao.pdf").write_bytes(b"%PDF-1.4")
    described = {
        "yexiao.png": {
            "title": "夜校",
            "credit": "宣传部",
            "vector": "yexiao.svg",
            "focal_point": (0.25, 0.5),
        },
        "biao.pdf": {"title": "报名表"},
    }
    for name, fields in described.items():
        text = content_store.media_text(Media.model_validate({"ref": f"shandong/{name}", **fields}))
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    read = network.write(bridge.content)
    assert not read.problems
    return bridge


@pytest.fixture
def loaded(bridge: Bridge) -> Bridge:
    assert not bridge.load().problems
    return bridge


def ids(network: Network) -> dict[str, object]:
    return {record.slug: record.id for record in network.records.values()}


def test_canonical_files_survive_wagtail(bridge: Bridge) -> None:
    before = bridge.files()
    report = bridge.load()
    assert not report.problems
    assert len(report.created) == 11
    exported = bridge.export()
    assert (exported.written, exported.removed, exported.problems) == ([], [], [])
    assert bridge.files() == before


def test_export_into_an_empty_folder_gives_the_same_files(loaded: Bridge, tmp_path: Path) -> None:
    before = loaded.files()
    shutil.rmtree(loaded.content)
    assert not loaded.export().problems
    assert loaded.files() == before
    assert loaded.load().unchanged == 11


def test_a_second_load_does_nothing(loaded: Bridge) -> None:
    revisions = Revision.objects.count()
    report = loaded.load()
    assert (report.created, report.updated, report.deleted, report.problems) == ([], [], [], [])
    assert report.unchanged == 11
    assert Revision.objects.count() == revisions


def test_a_file_of_another_name_moves_to_where_its_slug_says(bridge: Bridge) -> None:
    """Two files of one record would each be taken for the wrong one."""
    here, there = (bridge.content / f"records/shandong/story/{name}.md" for name in ("yi-qian", "zou-hong"))
    text = there.read_bytes()
    there.rename(here)
    bridge.load()
    report = bridge.export()
    assert (report.written, report.removed) == (
        ["records/shandong/story/zou-hong.md"], ["records/shandong/story/yi-qian.md"],
    )  # fmt: skip
    assert there.read_bytes() == text
    assert not content_store.read(bridge.content).problems


def test_an_edit_changes_its_own_lines_only(loaded: Bridge, network: Network) -> None:
    before = loaded.files()
    edit(ids(network)["zou-hong"], title="夜校又火了")
    report = loaded.export()
    assert report.written == ["records/shandong/story/zou-hong.md"]
    after = loaded.files()
    was, now = (files[report.written[0]].decode().splitlines() for files in (before, after))
    new = [line for line in now if line not in was]
    assert new[0] == "title: 夜校又火了"
    assert [line.partition(":")[0] for line in new] == ["title", "updated"]
    assert len(now) == len(was) + 1


def test_links_follow_a_page_to_its_new_slug(loaded: Bridge, network: Network) -> None:
    edit(ids(network)["ye-xiao"], slug="xin-ye-xiao")
    report = loaded.export()
    assert report.written == ["records/shandong/program/xin-ye-xiao.md"]
    assert report.removed == ["records/shandong/program/ye-xiao.md"]
    assert b"former_paths:\n  - /programs/ye-xiao/" in loaded.files()[report.written[0]]
    assert not loaded.load().updated


def test_nobody_reads_half_an_export_not_even_another_network(
    loaded: Bridge, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, halves = content_store.write, []
    other = replace(loaded.places, data=loaded.places.data / "other")

    def looked_at(*arguments: Any) -> bool:
        with pytest.raises(LockTimeout), content_lock.shared(other, timeout=0):
            pass
        halves.append(write(*arguments))
        return halves[-1]

    edit(ids(network)["zou-hong"], title="夜校又火了")
    monkeypatch.setattr(content_store, "write", looked_at)
    assert loaded.export().written
    assert True in halves
    with content_lock.shared(other, timeout=0):
        pass


def test_drafts_and_restricted_pages_stay_inside(loaded: Bridge, network: Network) -> None:
    known = ids(network)
    draft(known["zou-hong"], title="还没审的标题", summary="草稿里的话")
    assert loaded.export().written == []
    PageViewRestriction.objects.create(page=page_of(known["yi-liao"]), restriction_type="login")
    assert loaded.export().removed == ["records/qingdao/guide/yi-liao.md"]
    PageViewRestriction.objects.create(
        page=UnionPage.objects.get(slug="shandong"), restriction_type="password", password="x"
    )
    loaded.export()
    assert not any("shandong" in path for path in loaded.files())
    assert not any(b"\xe8\x8d\x89\xe7\xa8\xbf" in data for data in loaded.files().values())


@pytest.mark.parametrize("how", ["unpublish", "delete"])
def test_what_is_taken_back_loses_its_file(loaded: Bridge, network: Network, how: str) -> None:
    getattr(page_of(ids(network)["zou-hong"]), how)()
    assert loaded.export().removed == ["records/shandong/story/zou-hong.md"]
    assert Exported.objects.filter(path__contains="zou-hong").count() == 0


def test_files_of_others_are_left_alone(loaded: Bridge, network: Network) -> None:
    foreign = loaded.content / "records/qingdao/story/by-hand.md"
    foreign.write_text("not from here", "utf-8")
    page_of(ids(network)["che-hui"]).delete()
    # Somebody moved another record to the path of the one that is gone.
    other = loaded.content / "records/qingdao/story/che-hui.md"
    other.write_text(other.read_text("utf-8").replace("id: ", "id: 9"), "utf-8")
    loaded.export()
    assert foreign.exists()
    assert other.exists()


def test_withdrawn_records_stay_without_their_text(loaded: Bridge, network: Network) -> None:
    edit(ids(network)["zou-hong"], withdrawn_at=datetime(2025, 4, 3, tzinfo=UTC), withdrawn_reason="有误")
    loaded.export()
    text = loaded.files()["records/shandong/story/zou-hong.md"].decode()
    assert "reason: 有误" in text
    assert "每晚" not in text
    assert page_of(ids(network)["zou-hong"]).body, "Wagtail keeps it"


def test_one_bad_page_is_named_and_stops_no_other(loaded: Bridge, network: Network) -> None:
    known = ids(network)
    before = loaded.files()["records/shandong/story/zou-hong.md"]
    StoryPage.objects.filter(uuid=known["zou-hong"]).update(event_date="去年春天")
    edit(known["yi-liao"], title="新标题")
    report = loaded.export()
    assert report.written == ["records/qingdao/guide/yi-liao.md"]
    (problem,) = report.problems
    assert (problem.field, problem.record) == ("event_date", str(known["zou-hong"]))
    assert f"/admin/pages/{page_of(known['zou-hong']).pk}/edit/" in problem.action
    assert loaded.files()["records/shandong/story/zou-hong.md"] == before


def test_one_path_that_is_taken_is_named_and_stops_no_other(loaded: Bridge, tmp_path: Path) -> None:
    before = loaded.files()
    loaded.places = replace(loaded.places, content=tmp_path / "empty")
    taken = [loaded.content / path for path in ("adoptions/qingdao.yaml", "media/shandong/yexiao.svg")]
    for path in taken:
        path.mkdir(parents=True)
    (loaded.content / "records").mkdir()
    (loaded.content / "records/qingdao").write_text("a file where a folder is to be")
    report = loaded.export()
    assert {problem.code for problem in report.problems} == {"not-written"}
    assert {problem.file for problem in report.problems} == {
        "adoptions/qingdao.yaml", "media/shandong/yexiao.svg", "records/qingdao/guide/yi-liao.md",
        "records/qingdao/program/ye-xiao-qingdao.md", "records/qingdao/story/che-hui.md",
    }  # fmt: skip
    assert {key.partition(":")[0] for key in report.unwritten} == {"record", "adoptions", "media"}
    assert "records/shandong/story/zou-hong.md" in report.written
    for path in taken:
        path.rmdir()
    (loaded.content / "records/qingdao").unlink()
    assert not loaded.export().problems
    assert loaded.files() == before


def test_a_file_that_cannot_be_removed_is_named_and_removed_later(
    loaded: Bridge, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_of(ids(network)["zou-hong"]).delete()
    page_of(ids(network)["yi-liao"]).delete()
    remove = content_store.remove

    def refused(root: Path, path: str) -> bool:
        if "zou-hong" in path:
            raise PermissionError(13, "Permission denied", path)
        return remove(root, path)

    with monkeypatch.context() as patched:
        patched.setattr(content_store, "remove", refused)
        report = loaded.export()
    assert report.removed == ["records/qingdao/guide/yi-liao.md"]
    assert [problem.file for problem in report.problems] == ["records/shandong/story/zou-hong.md"]
    assert loaded.export().removed == ["records/shandong/story/zou-hong.md"]


def test_a_full_disk_stops_the_export(
    loaded: Bridge, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(ids(network)["zou-hong"], title="改过")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        loaded.export()


def test_a_changed_file_is_loaded_as_one_revision(loaded: Bridge, network: Network) -> None:
    path = loaded.content / "records/shandong/story/zou-hong.md"
    path.write_text(path.read_text("utf-8").replace("夜校年年有", "夜校月月有"), "utf-8")
    revisions = Revision.objects.count()
    report = loaded.load()
    assert (report.updated, report.problems) == (["records/shandong/story/zou-hong.md"], [])
    assert Revision.objects.count() == revisions + 1
    assert loaded.export().written == []


def test_history_leads_back_to_every_version_that_came_from_files(loaded: Bridge, network: Network) -> None:
    path = loaded.content / "records/shandong/story/zou-hong.md"
    path.write_text(path.read_text("utf-8").replace("夜校年年有", "夜校月月有"), "utf-8")
    loaded.load()
    # Wagtail offers a way back at entries that changed the content, but for a publication's.
    offered = PageLogEntry.objects.filter(content_changed=True).exclude(action="wagtail.publish")
    versions = Revision.objects.filter(object_id__in=map(str, Page.objects.values_list("pk", flat=True)))
    assert versions.count() > RecordPage.objects.count()
    assert set(versions.values_list("pk", flat=True)) <= set(offered.values_list("revision", flat=True))


@pytest.mark.parametrize("change", [edit, draft])
def test_an_editors_work_is_never_overwritten_unasked(
    loaded: Bridge, network: Network, change: Callable[..., object]
) -> None:
    record = ids(network)["zou-hong"]
    change(record, summary="编辑刚写的")
    path = loaded.content / "records/shandong/story/zou-hong.md"
    path.write_text(path.read_text("utf-8").replace("夜校年年有", "夜校月月有"), "utf-8")
    report = loaded.load()
    assert not report.updated
    assert [(problem.code, problem.file) for problem in report.problems] == [
        ("edited-in-wagtail", "records/shandong/story/zou-hong.md")
    ]
    assert page_of(record).get_latest_revision_as_object().summary == "编辑刚写的"
    assert loaded.load(force=True).updated == ["records/shandong/story/zou-hong.md"]
    assert page_of(record).get_latest_revision_as_object().summary == ""


def test_only_prune_deletes_and_never_a_draft(loaded: Bridge, network: Network) -> None:
    draft_page = StoryPage(title="草稿", slug="cao-gao", live=False)
    UnionPage.objects.get(slug="qingdao").section("story").add_child(instance=draft_page)
    (loaded.content / "records/qingdao/guide/yi-liao.md").unlink()
    assert not loaded.load().deleted
    assert RecordPage.objects.filter(slug="yi-liao").exists()
    assert loaded.load(prune=True).deleted == ["records/qingdao/guide/yi-liao.md"]
    assert not RecordPage.objects.filter(slug="yi-liao").exists()
    assert StoryPage.objects.filter(slug="cao-gao").exists()


def test_bad_files_are_named_with_line_and_field(bridge: Bridge) -> None:
    path = bridge.content / "records/qingdao/guide/yi-liao.md"
    path.write_text(path.read_text("utf-8").replace("published: 2025", "published: 昨天2025"), "utf-8")
    report = bridge.load()
    problem = next(
        problem for problem in report.problems if problem.file == "records/qingdao/guide/yi-liao.md"
    )
    assert problem.field == "published"
    assert problem.line == 7
    assert len(report.created) == 10


def test_the_demo_network_survives_wagtail(tmp_path: Path) -> None:
    """The real content: every union, record, adoption and picture of it."""
    bridge = Bridge.under(tmp_path)
    shutil.copytree(CONTENT, bridge.content)
    before = bridge.files()
    assert not [problem for problem in bridge.load().problems if problem.severity == "error"]
    assert bridge.export().written == []
    assert bridge.files() == before


def test_an_adoption_outlives_a_record_that_cannot_be_read_for_a_while(
    bridge: Bridge, network: Network
) -> None:
    network.adopt(
        "qingdao", network.program("shandong", "hu-zhu", share=to("descendants", mode="offer")), "take"
    )
    network.write(bridge.content)
    path = bridge.content / "records/shandong/program/ye-xiao.md"
    said = (bridge.content / "adoptions/qingdao.yaml").read_bytes()
    whole = path.read_text("utf-8")
    path.write_text(whole.replace("kind: program", "kind: programme"), "utf-8")
    assert "adoption-record" in {problem.code for problem in bridge.load().problems}
    bridge.export()
    assert (bridge.content / "adoptions/qingdao.yaml").read_bytes() == said
    path.write_text(whole, "utf-8")
    assert "adoptions/qingdao.yaml" in bridge.load().created
    bridge.export()
    assert (bridge.content / "adoptions/qingdao.yaml").read_bytes() == said
