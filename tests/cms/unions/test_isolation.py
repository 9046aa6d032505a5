"""Nobody of one union learns of another's drafts or changes its pages, by any address of the CMS."""

from __future__ import annotations

import re
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import URLResolver, get_resolver
from PIL import Image
from wagtail.models import Page, WorkflowPage

from cms.media.models import MediaDocument, MediaImage
from cms.records.choosing import choosable
from cms.records.models import StoryPage
from cms.sharing.models import Adoption
from cms.unions import scoping
from cms.unions.models import UnionPage

SECRET = "机密草稿标题"
LEFT_OUT = re.compile(r"admin/(failwhale|logout|login|password_reset|jsi18n|sprite)")
"""A test of error pages, and screens before signing in."""


@pytest.fixture
def secrets(unions, people, make_story):
    """What 青岛 must not see of 山东: drafts, a changed live page, a picture, a document, a review."""
    draft = make_story(unions.shandong, SECRET, live=False)
    changed = make_story(unions.shandong, "公开标题")
    changed.title = f"{SECRET}二"
    changed.save_revision(user=people.shandong_editor)
    pixels = BytesIO()
    Image.new("RGB", (10, 10)).save(pixels, "PNG")
    library = unions.shandong.collection
    picture = MediaImage.objects.create(
        title=f"{SECRET}图", file=ImageFile(BytesIO(pixels.getvalue()), "x.png"), collection=library
    )
    document = MediaDocument.objects.create(
        title=f"{SECRET}文", file=ContentFile(b"x", "x.pdf"), collection=library
    )
    WorkflowPage.objects.get(page=unions.shandong).workflow.start(draft, people.shandong_editor)
    return SimpleNamespace(draft=draft, changed=changed, picture=picture, document=document)


def routes(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern)


def addresses(targets):
    """Every address under /admin/ and /documents/ with each number of `targets` in its gaps."""
    for route in routes(get_resolver().url_patterns):
        if not route.startswith(("admin/", "documents/")) or LEFT_OUT.match(route):
            continue
        gaps = re.findall(r"<(?:\w+:)?(\w+)>", route)
        form = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|<[^>]+>", "\0", route)
        form = "/" + re.sub(r"\\Z|[\^$\\?]|\(.*?\)", "", form)
        for target in targets if gaps else targets[:1]:
            address = form
            for gap in gaps:
                named = {"app": "records", "model": "storypage", "filename": "x.pdf"}
                word = next((word for part, word in named.items() if part in gap), str(target))
                address = address.replace("\0", word, 1)
            yield address


@pytest.mark.parametrize("role", ["editor", "manager"])
def test_no_address_tells_of_another_unions_drafts(secrets, unions, people, sign_in, role):
    client = sign_in(getattr(people, f"qingdao_{role}"))
    client.raise_request_exception = False
    targets = (
        secrets.draft.pk,
        secrets.changed.pk,
        secrets.picture.pk,
        secrets.draft.latest_revision_id,
        unions.shandong.pk,
    )
    asked, told = 0, []
    needles = [SECRET.encode(), SECRET.encode("unicode_escape")]
    for address in addresses(targets):
        for query in ("", f"?id={secrets.picture.pk}&q={SECRET[:2]}"):
            response = client.get(address + query)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            asked += 1
            if any(needle in content for needle in needles):
                told.append(address + query)
    assert asked > 500
    assert told == []


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
