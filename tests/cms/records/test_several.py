"""What is done to several rows of a list at once, and what a copy is: whose, how far, and said in time."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image
from wagtail.models import Page

from cms.media.models import MediaDocument, MediaImage
from cms.publishing.models import PublishRequest
from cms.records.models import StoryPage
from cms.scoreboards.models import Enterprise, Scoreboard, ScoreTask, Submission
from site_builder.records import Kind

pytestmark = pytest.mark.django_db

SECRET = "机密草稿标题"


def several(model: str, action: str, *pages: Page | int | str) -> str:
    app, name = model.split(".")
    asked = "&".join(f"id={getattr(page, 'pk', page)}" for page in pages)
    return f"{reverse('wagtail_bulk_action', args=[app, name, action])}?{asked}&next=/admin/stories/"


def do(client, action, *pages):
    return client.post(several("wagtailcore.page", action, *pages), follow=True)


def asked_for() -> set[str]:
    return set(PublishRequest.objects.filter(finished_at=None).values_list("subject", flat=True))


@pytest.mark.parametrize("action", ["publish", "unpublish", "delete", "move"])
def test_several_pages_of_another_union_are_neither_named_nor_touched(
    unions, people, sign_in, make_story, action
):
    draft, out = make_story(unions.shandong, SECRET, live=False), make_story(unions.shandong, SECRET)
    own = make_story(unions.qingdao, "自己的", live=action != "publish")
    client = sign_in(people.qingdao_manager)
    before = list(Page.objects.order_by("pk").values("pk", "live", "path"))
    for asked in ([draft], [out, own], ["all"]):
        for ask in (client.get, client.post):
            answer = ask(several("wagtailcore.page", action, *asked))
            assert answer.status_code == 404
            assert SECRET not in answer.content.decode()
    assert list(Page.objects.order_by("pk").values("pk", "live", "path")) == before
    assert own.title in client.get(several("wagtailcore.page", action, own)).content.decode()


@pytest.mark.parametrize("model", ["media.mediaimage", "media.mediadocument"])
def test_several_files_of_another_union_are_not_found(secret_files, people, sign_in, model):
    file = secret_files[model]
    for action in ("delete", "add_tags", "add_to_collection"):
        answer = sign_in(people.qingdao_manager).get(several(model, action, file))
        assert answer.status_code == 404, action
        assert SECRET in sign_in(people.shandong_manager).get(several(model, action, file)).content.decode()


@pytest.fixture
def secret_files(unions):
    library = unions.shandong.collection
    pixels = BytesIO()
    Image.new("RGB", (10, 10)).save(pixels, "PNG")
    return {
        "media.mediaimage": MediaImage.objects.create(
            title=SECRET, file=ImageFile(BytesIO(pixels.getvalue()), "x.png"), collection=library
        ),
        "media.mediadocument": MediaDocument.objects.create(
            title=SECRET, file=ContentFile(b"x", "x.pdf"), collection=library
        ),
    }


def test_scoreboards_are_deleted_by_their_city_alone(unions, people, sign_in):
    board = Scoreboard.objects.create(union=unions.shandong, title=f"{SECRET}榜")
    task = ScoreTask.objects.create(board=board, title=f"{SECRET}任务", points=1)
    enterprise = Enterprise.objects.create(board=board, county=unions.shandong, name=f"{SECRET}企业")
    handed_in = Submission.objects.create(enterprise=enterprise, task=task, text=SECRET, live=False)
    client = sign_in(people.qingdao_manager)
    for row in (handed_in, enterprise, task, board):
        address = several(row._meta.label_lower, "delete", row)
        assert client.get(address).status_code == client.post(address).status_code == 404
        row.refresh_from_db()
    assert SECRET in sign_in(people.shandong_manager).get(address).content.decode()


def test_accounts_are_none_of_a_unions_business(people, sign_in):
    answer = sign_in(people.qingdao_manager).get(several("accounts.user", "delete", people.shandong_editor))
    assert answer.status_code == 404


def test_each_of_several_asks_for_what_follows(unions, people, sign_in, make_story):
    stories = [make_story(unions.qingdao, title, live=False) for title in ("一", "二")]
    PublishRequest.objects.all().delete()
    client, uuids = sign_in(people.qingdao_manager), {str(story.uuid) for story in stories}
    for action, live in (("publish", [True, True]), ("unpublish", [False, False])):
        said = do(client, action, *stories).content.decode()
        assert list(StoryPage.objects.order_by("pk").values_list("live", flat=True)) == live
        assert asked_for() == uuids
        assert "改动已排队" in said
        assert reverse("publishing-status") in said
        PublishRequest.objects.all().delete()
    do(client, "delete", *stories)
    assert not StoryPage.objects.exists()
    assert asked_for() == uuids


def test_an_editor_publishes_none_of_several(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "一", live=False)
    client = sign_in(people.qingdao_editor)
    assert "没有权限" in client.get(several("wagtailcore.page", "publish", story)).content.decode()
    do(client, "publish", story)
    assert not StoryPage.objects.get().live


def test_of_several_the_unfinished_are_told_and_left_out(unions, people, sign_in, make_story):
    done, half = (make_story(unions.qingdao, title, live=False) for title in ("写完的", "没写完的"))
    half.figures = [("item", {"label": "参加人数", "value": "", "unit": "人"})]
    half.save_revision()
    client = sign_in(people.qingdao_reviewer)
    shown = client.get(several("wagtailcore.page", "publish", done, half)).content.decode()
    told = shown[shown.index("还没写完") :]
    assert "没写完的" in told
    assert "数值" in told
    do(client, "publish", done, half)
    assert list(StoryPage.objects.live()) == [done]


def test_records_are_not_moved_and_lists_do_not_offer_it(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "一")
    client = sign_in(people.network_admin)
    listed = client.get("/admin/stories/").content.decode()
    assert several("wagtailcore.page", "delete").split("?")[0] in listed
    assert several("wagtailcore.page", "move").split("?")[0] not in listed
    address = several("wagtailcore.page", "move", story)
    client.post(address, {"chooser": unions.shandong.section(Kind.STORY).pk})
    assert StoryPage.objects.get().union == unions.qingdao


def test_no_list_offers_to_take_all_there_is(unions, people, sign_in, make_story):
    """Wagtail's button for it would mean every page of every union."""
    for number in range(52):
        make_story(unions.qingdao, f"稿件{number}", live=False)
    listed = sign_in(people.superuser).get("/admin/stories/").content.decode()
    assert "稿件51" in listed
    assert "p=2" in listed
    assert "data-bulk-action-select-all-checkbox" in listed
    assert "in-listing" not in listed


# --- copies ---------------------------------------------------------------------------------------


def copy(client, page, **sent):
    return client.post(
        reverse("wagtailadmin_pages:copy", args=[page.pk]),
        {"new_title": "又一篇", "new_slug": "you", "new_parent_page": page.get_parent().pk, **sent},
    )


def test_a_copy_is_a_record_of_its_own(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "夜校")
    client = sign_in(people.qingdao_reviewer)
    form = client.get(reverse("wagtailadmin_pages:copy", args=[story.pk])).content.decode()
    assert f'value="{story.slug}-2"' in form
    assert 'name="alias"' not in form
    assert "共享和本地版" in form
    copy(client, story, publish_copies="on")
    made = StoryPage.objects.get(slug="you")
    assert made.uuid != story.uuid
    assert str(made.uuid) in asked_for()
    assert "小写字母" in copy(client, story, new_slug="You_2").content.decode()


def test_an_alias_is_refused_and_what_to_do_instead_is_said(unions, people, sign_in, make_story):
    story = make_story(unions.qingdao, "夜校")
    client = sign_in(people.qingdao_reviewer)
    assert "共享和本地版”里选转给谁；" in copy(client, story, alias="on").content.decode()
    by_hand = reverse("wagtailadmin_api:pages:action", args=[story.pk, "create_alias"])
    answer = client.post(by_hand, {"update_slug": "bie-ming"})
    assert answer.status_code == 400
    assert "别名页" in str(answer.json())
    assert StoryPage.objects.count() == 1


@pytest.mark.parametrize("name", ["root", "union", "section"])
def test_what_the_program_keeps_is_not_copied_moved_taken_offline_or_deleted(unions, people, sign_in, name):
    section = unions.qingdao.section(Kind.STORY)
    page = {"root": unions.qingdao.get_parent().specific, "union": unions.qingdao, "section": section}[name]
    places = name == "union"
    for person in (people.qingdao_manager, people.network_admin, people.superuser):
        may = page.permissions_for_user(person)
        asked = (may.can_copy(), may.can_move(), may.can_delete(), may.can_unpublish(), may.can_edit())
        decides = places and person != people.qingdao_manager
        own = name != "root" or person != people.qingdao_manager
        assert asked == (False, False, decides, decides, own), person
    client = sign_in(people.qingdao_manager)
    do(client, "delete", unions.qingdao, section)
    do(client, "unpublish", unions.qingdao, section)
    for old in (unions.qingdao, section):
        assert Page.objects.get(pk=old.pk).live
