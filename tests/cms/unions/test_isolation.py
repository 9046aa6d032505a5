"""Nobody of one union learns of another's drafts or changes its pages, by any address of the CMS."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import URLResolver, get_resolver
from PIL import Image
from wagtail.log_actions import log
from wagtail.models import (
    Collection,
    Page,
    PageViewRestriction,
    Revision,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
)
from wagtail.test.utils.form_data import rich_text, streamfield

from cms.importing.models import TableImport
from cms.media.models import MediaDocument, MediaImage
from cms.publishing.models import PublishRequest
from cms.records.choosing import choosable
from cms.records.models import StoryPage
from cms.scoreboards.models import Enterprise, Scoreboard, ScoreTask, Submission
from cms.sharing.models import Adoption
from cms.unions import scoping
from cms.unions.models import UnionPage
from site_builder.records import Kind
from tests.cms.records.test_screens import form

SECRET = "机密草稿标题"
LEFT_OUT = re.compile(r"admin/(failwhale|logout|login|password_reset|jsi18n|sprite)")
"""A test of error pages, and screens before signing in."""


@pytest.fixture
def secrets(unions, people, make_story):
    """What 青岛 must not see of 山东: drafts, changes, files, a review, a table, a decision, a scoreboard."""
    union = unions.shandong
    draft = make_story(union, SECRET, live=False)
    changed = make_story(union, "公开标题")
    changed.title = f"{SECRET}二"
    changed.save_revision(user=people.shandong_editor)
    pixels = BytesIO()
    Image.new("RGB", (10, 10)).save(pixels, "PNG")
    library = union.collection
    picture = MediaImage.objects.create(
        title=f"{SECRET}图", file=ImageFile(BytesIO(pixels.getvalue()), "x.png"), collection=library
    )
    document = MediaDocument.objects.create(
        title=f"{SECRET}文", file=ContentFile(b"x", "x.pdf"), collection=library
    )
    WorkflowPage.objects.get(page=union).workflow.start(draft, people.shandong_editor)
    table = TableImport.objects.create(
        union=union, layout="places", file_name=f"{SECRET}.csv", data=f"名称\n{SECRET}三".encode()
    )
    adoption = Adoption.objects.create(
        union=union, record=changed.uuid, slots=json.dumps([{"type": "place", "value": f"{SECRET}四"}])
    )
    board = Scoreboard.objects.create(union=union, title=f"{SECRET}榜")
    task = ScoreTask.objects.create(board=board, title=f"{SECRET}任务", points=Decimal(1))
    enterprise = Enterprise.objects.create(board=board, county=union, name=f"{SECRET}企业")
    submission = Submission.objects.create(enterprise=enterprise, task=task, text=f"{SECRET}打卡", live=False)
    submission.save_revision(user=people.shandong_editor)
    submission.get_workflow().start(submission, people.shandong_editor)
    rows = (draft, changed, picture, document, table, adoption, board, task, enterprise, submission)
    for row in rows:
        log(instance=row, action="wagtail.edit", user=people.shandong_editor)
    picture.tags.add(f"{SECRET}标签")
    return SimpleNamespace(
        draft=draft, changed=changed, picture=picture, document=document, rows=rows, table=table,
        submission=submission,
    )  # fmt: skip


def routes(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern)


WORDS = {
    "app": "records",
    "model": "storypage",
    "filename": "x.pdf",
    "slug": "shandong",
    "union": "shandong",
    "layout": "places",
    "action": "approve",
    "filter": "original",
    "path": "static/css/site.css",
}
"""What stands in a gap that is no number, by a part of the gap's name."""


def addresses(secrets, unions):
    """Every address of the CMS, with 山东's numbers, ids and names in its gaps."""
    numbers = dict.fromkeys(row.pk for row in secrets.rows)
    numbers |= dict.fromkeys((secrets.draft.latest_revision_id, unions.shandong.pk))
    for route in routes(get_resolver().url_patterns):
        if not route.startswith(("admin/", "documents/", "preview/")) or LEFT_OUT.match(route):
            continue
        gaps = re.findall(r"<(?:(\w+):)?(\w+)>", route)
        form = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|<[^>]+>", "\0", route)
        form = "/" + re.sub(r"\\Z|[\^$\\?]|\(.*?\)", "", form)
        made = {}
        for number in numbers:
            address = form
            for converter, gap in gaps:
                word = next((word for part, word in WORDS.items() if part in gap), str(number))
                address = address.replace("\0", str(secrets.draft.uuid) if converter == "uuid" else word, 1)
            made[address] = None
        yield from made


def test_no_address_tells_of_another_unions_drafts(secrets, unions, people, sign_in):
    """As a manager, who may do whatever an editor or a reviewer may."""
    client = sign_in(people.qingdao_manager)
    client.raise_request_exception = False
    asked, told = set(), []
    needles = [SECRET.encode(), SECRET.encode("unicode_escape")]
    query = f"?id={secrets.picture.pk}&q={SECRET[:2]}&union=shandong"
    for address in addresses(secrets, unions):
        # A list is asked whole, and for something; one thing once.
        for asking in (query,) if re.search(r"\d", address) else ("", query):
            response = client.get(address + asking)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            asked.add(response.request["PATH_INFO"])
            if any(needle in content for needle in needles):
                told.append(address + asking)
    assert told == []
    assert len(asked) > 400
    for name in ("publishing/sites/shandong/", f"wechat/{secrets.draft.pk}/", f"import/{secrets.table.pk}/"):
        assert f"/admin/{name}" in asked, "the addresses of our own screens are among them"


def test_what_is_asked_by_number_names_nothing_of_another_union(secrets, people, sign_in):
    """Numbers in a question or in a form, where Wagtail answers with the name of whatever has the number."""
    draft, submission = secrets.draft.pk, secrets.submission.pk
    asked = {
        f"/admin/choose-page/chosen-multiple/?id={draft}": None,
        f"/admin/tag-autocomplete/?term={SECRET[:2]}": None,
        f"/admin/tag-autocomplete/taggit/tag/?term={SECRET[:2]}": None,
        "/admin/stories/choose_parent/": {"parent_page": draft},
        "/admin/unions/choose_parent/": {"parent_page": draft},
        "/admin/choose-external-link/": {
            "external-link-chooser-url": f"/{secrets.changed.get_url_parts()[2].lstrip('/')}",
            "external-link-chooser-link_text": "",
        },
        f"/admin/editing-sessions/ping/scoreboards/submission/{submission}/1/": {},
    }
    needles = (SECRET.encode(), SECRET.encode("unicode_escape"), b"other_sessions")

    def told(user):
        client = sign_in(user)
        answers = {
            address: client.get(address) if sent is None else client.post(address, sent)
            for address, sent in asked.items()
        }
        return [at for at, answer in answers.items() if any(word in answer.content for word in needles)]

    assert told(people.qingdao_manager) == []
    assert len(told(people.shandong_manager)) > 3, "who may see them is answered"


def test_reports_and_their_filters_are_of_ones_own_unions(secrets, people, sign_in):
    theirs, own = sign_in(people.qingdao_manager), sign_in(people.shandong_manager)
    for report in ("workflow", "workflow_tasks", "site-history"):
        address = f"/admin/reports/{report}/"
        seen = own.get(address).content.decode()
        assert f"{SECRET}任务" in seen, "what one's own union handed in"
        assert "山东省总工会" in seen or report == "site-history"
        told = theirs.get(address).content.decode()
        assert not re.search("山东省总工会|shandong-", told), f"{report}: reviews and people to choose from"
    locked = "/admin/reports/locked/"
    Page.objects.filter(pk=secrets.changed.pk).update(locked=True, locked_by=people.shandong_reviewer)
    assert "shandong-reviewer" in own.get(locked).content.decode()
    assert "shandong-reviewer" not in theirs.get(locked).content.decode()


def test_no_address_changes_anything_of_another_union(secrets, unions, people, sign_in):
    """Whatever is sent: nothing is edited, published, deleted, moved, reviewed, taken or rebuilt."""
    client = sign_in(people.qingdao_manager)
    client.raise_request_exception = False
    before = everything_of(unions.shandong)
    sent = {
        "title": "改了", "slug": "gai", "action": "take", "action-publish": "1", "release": "x",
        "comment": "改了", "name": "改了", "union": unions.shandong.pk, "next": "/admin/",
    }  # fmt: skip
    for address in addresses(secrets, unions):
        client.post(f"{address}?id={secrets.draft.pk}", sent)
    assert everything_of(unions.shandong) == before


def everything_of(union):
    """The rows of one union in the database, and whatever was asked of its site."""
    pages = Page.objects.descendant_of(union, inclusive=True)
    found = {
        "pages": pages.values(),
        "stories": StoryPage.objects.descendant_of(union).values("uuid", "title", "share_mode", "live"),
        "revisions": Revision.objects.filter(object_id__in=[str(page.pk) for page in pages]).values("pk"),
        "reviews": WorkflowState.objects.values("status", "object_id"),
        "steps": TaskState.objects.values("status", "comment"),
        "workflows": Workflow.objects.values("name", "active"),
        "libraries": Collection.objects.values("pk", "name"),
        "requests": PublishRequest.objects.filter(union=union.slug).values("pk"),
        "boards": Scoreboard.objects.filter(union=union).values(),
        "tasks": ScoreTask.objects.filter(board__union=union).values(),
        "enterprises": Enterprise.objects.filter(county=union).values(),
        "submissions": Submission.objects.filter(enterprise__county=union).values(),
        "restrictions": PageViewRestriction.objects.values(),
    }
    for model in (MediaImage, MediaDocument):
        found[model.__name__] = model.objects.filter(collection=union.collection).values()
    for model in (Adoption, TableImport):
        found[model.__name__] = model.objects.filter(union=union).values()
    return {name: sorted(map(repr, rows)) for name, rows in found.items()}


def test_small_versions_of_pictures_are_their_unions_own(secrets, people, sign_in, client):
    address = secrets.picture.get_rendition("max-8x8").url
    own = sign_in(people.shandong_editor).get(address)
    assert own.status_code == 200
    assert b"".join(own.streaming_content).startswith(b"\x89PNG")
    assert sign_in(people.qingdao_manager).get(address).status_code == 404
    assert client.get(address).status_code == 404


def test_documents_are_their_unions_own(secrets, people, sign_in, client):
    own = sign_in(people.shandong_editor).get(secrets.document.url)
    assert own.status_code == 200
    assert b"".join(own.streaming_content) == b"x"
    assert sign_in(people.qingdao_manager).get(secrets.document.url).status_code == 404
    assert client.get(secrets.document.url).status_code == 404


def test_the_owner_does_see_them(secrets, people, sign_in):
    """So that the test above cannot pass because nobody sees anything."""
    client = sign_in(people.shandong_editor)
    for address in ("/admin/stories/", f"/admin/pages/{secrets.draft.pk}/edit/", "/admin/images/"):
        assert SECRET in client.get(address).content.decode()


@pytest.mark.parametrize("role", ["editor", "reviewer", "manager"])
def test_nothing_of_another_union_can_be_changed(secrets, unions, people, sign_in, role):
    client = sign_in(getattr(people, f"qingdao_{role}"))
    page, before = secrets.changed, StoryPage.objects.get(pk=secrets.changed.pk)
    for address in (
        f"/admin/pages/{page.pk}/edit/",
        f"/admin/pages/{page.pk}/delete/",
        f"/admin/pages/{page.pk}/unpublish/",
        f"/admin/pages/{page.pk}/copy/",
        f"/admin/pages/{page.pk}/lock/",
        f"/admin/pages/{page.pk}/revisions/{page.latest_revision_id}/revert/",
        f"/admin/pages/{unions.shandong.pk}/edit/",
        f"/admin/pages/add/records/storypage/{unions.shandong.section('story').pk}/",
        f"/admin/images/{secrets.picture.pk}/delete/",
        f"/admin/documents/delete/{secrets.document.pk}/",
    ):
        response = client.post(address, {"title": "改了", "slug": "gai", "action-publish": "1"})
        assert response.status_code in (302, 403, 404, 405), address
    after = StoryPage.objects.get(pk=page.pk)
    assert (after.title, after.live, after.slug) == (before.title, True, before.slug)
    assert after.latest_revision_id == before.latest_revision_id
    assert StoryPage.objects.count() == 2
    assert MediaImage.objects.count() == MediaDocument.objects.count() == 1


def test_an_editor_cannot_publish_but_a_reviewer_can(unions, people, make_story):
    story = make_story(unions.qingdao, "夜校", live=False)
    may = {
        role: story.permissions_for_user(getattr(people, f"qingdao_{role}")).can_publish()
        for role in ("editor", "reviewer", "manager")
    }
    assert may == {"editor": False, "reviewer": True, "manager": True}


def test_only_the_network_places_unions(unions, people, sign_in):
    page = f"/admin/pages/{unions.qingdao.pk}/edit/"
    assert 'name="base_url"' not in sign_in(people.qingdao_manager).get(page).content.decode()
    assert 'name="base_url"' in sign_in(people.network_admin).get(page).content.decode()


def test_scoping_keeps_to_the_branch(secrets, unions, people):
    user = people.qingdao_editor
    assert list(scoping.unions_of(user)) == [unions.qingdao]
    assert not scoping.visible(StoryPage.objects.all(), user).exists()
    assert not scoping.visible(MediaImage.objects.all(), user).exists()
    assert scoping.visible(Page.objects.all(), people.network_admin).count() == Page.objects.count()
    assert set(scoping.unions_of(people.superuser)) == set(UnionPage.objects.all())


def test_adoptions_are_scoped_by_their_union(unions, people, make_story):
    story = make_story(unions.shandong, "共享", share_mode="offer", share_to=["descendants"])
    Adoption.objects.create(union=unions.qingdao, record=story.uuid)
    assert scoping.visible(Adoption.objects.all(), people.qingdao_reviewer).count() == 1
    assert scoping.visible(Adoption.objects.all(), people.shandong_reviewer).count() == 0


def test_what_has_no_union_is_refused(people):
    with pytest.raises(TypeError, match="has no union"):
        scoping.visible(type(people.superuser).objects.all(), people.qingdao_editor)


def test_a_person_without_a_group_sees_nothing(unions, secrets, django_user_model):
    nobody = django_user_model.objects.create_user("nobody")
    assert not scoping.unions_of(nobody).exists()
    assert not scoping.visible(Page.objects.all(), nobody).exists()


def test_choosers_offer_what_is_shared_and_out(unions, people, make_story):
    shared = make_story(unions.shandong, "转给下级", share_mode="offer", share_to=["descendants"])
    own_only = make_story(unions.shandong, "只在本级")
    draft = make_story(unions.shandong, "草稿", live=False, share_mode="offer", share_to=["descendants"])
    embargoed = make_story(
        unions.shandong,
        "将来",
        share_mode="offer",
        share_to=["descendants"],
        published="2999-01-01T00:00:00+08:00",
    )
    found = set(choosable(Page.objects.all(), people.qingdao_editor).values_list("pk", flat=True))
    assert shared.pk in found
    assert not found & {own_only.pk, draft.pk, embargoed.pk}


def chosen(secrets):
    """What a form may name by number or id, each in the place of a page where it is chosen."""
    picture = {"media": str(secrets.picture.pk), "alt": "图", "caption": ""}
    file = {"media": str(secrets.document.pk), "title": "表", "note": ""}
    link = f'<p><a linktype="document" id="{secrets.document.pk}">表</a></p>'
    page = f'<p><a linktype="page" id="{secrets.draft.pk}">稿</a></p>'
    return {
        "edition": {"edition_of": str(secrets.draft.pk)},
        "related": {"related": streamfield([("item", str(secrets.draft.pk))])},
        "picture": {"body": streamfield([("image", picture)])},
        "file": {"body": streamfield([("attachment", file)])},
        "file link": {"body": streamfield([("text", rich_text(link))])},
        "page link": {"body": streamfield([("text", rich_text(page))])},
    }


@pytest.mark.parametrize("what", ["edition", "related", "picture", "file", "file link", "page link"])
def test_a_number_sent_by_hand_shows_and_takes_nothing_of_another_union(
    secrets, unions, people, sign_in, make_story, what
):
    """Whether the form comes back (no title, so it cannot be saved) or is sent whole."""
    client, own = sign_in(people.qingdao_manager), make_story(unions.qingdao, "自己的")
    edit = f"/admin/pages/{own.pk}/edit/"
    for title in ("", "自己的"):
        sent = form(Kind.STORY, title=title, slug=own.slug, **chosen(secrets)[what])
        response = client.post(edit, sent, follow=True)
        assert response.status_code == 200
        assert SECRET not in response.content.decode()
    kept = StoryPage.objects.get(pk=own.pk).get_latest_revision_as_object()
    assert (kept.edition_of, [child.value for child in kept.related]) in ((None, []), (None, [None]))
    assert [child.value for child in kept.body if child.block_type == "text"] == []
    assert [child.value["media"] for child in kept.body if child.block_type != "text"] in ([], [None])
