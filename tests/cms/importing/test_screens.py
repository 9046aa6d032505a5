"""导入表格 on the screens and on the command line: whose it is, what is shown, what is done."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.users.models import UserProfile

from cms import cli
from cms.importing.layouts import LAYOUTS
from cms.importing.models import TableImport
from cms.records.models import PlacePage
from site_builder.records import Kind
from tests.cms.records.test_screens import make

pytestmark = pytest.mark.django_db

TABLE = "编号,名称,类型,开放时间\nA1,解放路书屋,职工书屋,周一 8:00-11:00\nA2,驿站,驿站,白天\n"


def upload(client, union, text: str = TABLE, **fields):
    file = SimpleUploadedFile("表.csv", text.encode())
    return client.post(
        reverse("table-import"), {"union": union.pk, "layout": "places", "file": file, **fields}
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_table_is_shown_brought_in_and_taken_back(unions, people, sign_in, language):
    client = sign_in(people.qingdao_editor)
    UserProfile.objects.create(user=people.qingdao_editor, preferred_language=language)
    start = client.get(reverse("table-import")).content.decode()
    assert ("哪个工会" in start) == (language == "zh-hans")
    shown = upload(client, unions.qingdao)
    run = TableImport.objects.get()
    assert shown.url == reverse("table-import-preview", args=[run.pk])
    page = client.get(shown.url).content.decode()
    assert "解放路书屋" in page
    assert "D3: " in page
    assert not PlacePage.objects.exists()
    done = client.post(reverse("table-import-apply", args=[run.pk]), follow=True).content.decode()
    assert ("写进 1 篇，存为草稿" in done) == (language == "zh-hans")
    assert reverse("wagtailadmin_pages:edit", args=[PlacePage.objects.get().pk]) in done
    assert PlacePage.objects.get().union == unions.qingdao
    for again in (client.post, client.get):
        name = "apply" if again == client.post else "preview"
        assert again(reverse(f"table-import-{name}", args=[run.pk])).url == reverse("table-import")
    assert PlacePage.objects.count() == 1, "a second click and the back button do nothing more"
    asked = client.get(reverse("table-import-undo", args=[run.pk])).content.decode()
    assert ("删去这次新建的 1 篇" in asked) == (language == "zh-hans")
    assert "解放路书屋" in asked
    assert PlacePage.objects.exists(), "asking takes nothing back"
    client.post(reverse("table-import-undo", args=[run.pk]))
    assert not PlacePage.objects.exists()


def test_a_table_goes_into_a_page_chosen_from_a_list(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    own, others = (
        make(union, Kind.DATASET, "书屋", type="indicators") for union in (unions.qingdao, unions.shandong)
    )
    text = "指标,单位,数值,截至\n书屋,家,168,2024\n"
    refused = upload(client, unions.qingdao, text, layout="indicators", into=others.pk).context["form"]
    assert "市总自己的一篇（数据）" in refused.errors["into"][0]
    upload(client, unions.qingdao, text, layout="indicators", into=own.pk)
    assert TableImport.objects.get().into == own.uuid


def test_nobody_brings_in_for_another_union_or_sees_its_tables(unions, people, sign_in):
    other = sign_in(people.shandong_manager)
    assert "union" in upload(other, unions.qingdao).context["form"].errors
    upload(sign_in(people.qingdao_editor), unions.qingdao)
    run = TableImport.objects.get()
    for name in ("preview", "apply", "undo"):
        address = reverse(f"table-import-{name}", args=[run.pk])
        assert other.post(address).status_code in (404, 405)
        assert other.get(address).status_code in (404, 405)
    run.refresh_from_db()
    assert run.state == "preview"


@pytest.mark.parametrize(
    ("text", "fields", "wrong"),
    [
        ("", {}, "file"),
        ("名称,名称\na,b\n", {}, "file"),
        (TABLE, {"layout": "posts"}, "into"),
        (TABLE, {"layout": "posts", "into": "no-such"}, "into"),
        (TABLE, {"publish": "on"}, "publish"),
    ],
)
def test_what_cannot_be_is_said_on_its_field(unions, people, sign_in, text, fields, wrong):
    shown = upload(sign_in(people.qingdao_editor), unions.qingdao, text, **fields)
    assert wrong in shown.context["form"].errors
    assert not TableImport.objects.exists()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_empty_table_to_fill_in_is_a_table_of_its_layout(people, sign_in, layout):
    client = sign_in(people.qingdao_editor)
    text = client.get(reverse("table-import-template", args=[layout])).content.decode("utf-8-sig")
    headings = text.strip().split(",")
    assert [LAYOUTS[layout].column(heading) for heading in headings] == list(LAYOUTS[layout].columns)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "表.csv"
    path.write_text(TABLE, "gb18030")
    return path


def run(*arguments: object) -> tuple[int, dict]:
    result = CliRunner().invoke(cli.import_table, [*map(str, arguments), "--json"])
    return result.exit_code, orjson.loads(result.stdout) if result.stdout else {}


def test_the_command_previews_brings_in_and_takes_back(unions, table):
    status, said = run(table, "--union", "qingdao", "--as", "places")
    assert (status, said["create"], said["import"]) == (1, 1, None)
    assert [(problem["line"], problem["field"]) for problem in said["problems"]] == [(3, "开放时间")]
    assert not PlacePage.objects.exists()
    status, said = run(table, "--union", "qingdao", "--as", "places", "--apply")
    assert said["state"] == "applied"
    assert PlacePage.objects.get().title == "解放路书屋"
    status, said = run("--undo", said["import"])
    assert (status, said["state"]) == (0, "undone")
    assert not PlacePage.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--union", "nowhere", "--as", "places"),
        ("--union", "qingdao", "--as", "poems"),
        ("--union", "qingdao", "--as", "posts"),
        ("--union", "qingdao", "--as", "posts", "--into", "no-such"),
        ("--union", "qingdao"),
        ("--undo", "999"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(unions, table, arguments):
    result = CliRunner().invoke(cli.import_table, [str(table), *arguments])
    assert result.exit_code == 2
    assert not TableImport.objects.exists()


def test_an_error_is_tied_to_its_field_and_is_where_the_keyboard_begins(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    shown = upload(client, unions.qingdao, layout="indicators").content.decode()
    assert '<div id="id_into_error" tabindex="-1" autofocus>' in shown
    assert 'aria-describedby="id_into_helptext id_into_error"' in shown
    assert '<p class="help" id="id_into_helptext">' in shown
    assert "autofocus" not in client.get(reverse("table-import")).content.decode()


def test_counts_in_english_are_right_for_one_too(unions, people, sign_in):
    client = sign_in(people.qingdao_editor)
    UserProfile.objects.create(user=people.qingdao_editor, preferred_language="en")
    upload(client, unions.qingdao)
    apply = reverse("table-import-apply", args=[TableImport.objects.get().pk])
    assert "Rows: 1, pages: 1." in client.post(apply, follow=True).content.decode()
