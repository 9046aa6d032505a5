"""A network of two unions that must not see each other's work, and people of each role."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from pytest_django.plugin import blocking_manager_key

from cms.accounts.models import User
from cms.records.models import StoryPage
from cms.unions.models import UnionPage
from cms.unions.setup import NETWORK_ADMINS, ensure_root
from tests.cms.again import again


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """After a test whose transactions are real, what the migrations wrote (root page, groups) stands again.

    Django empties every table after such a test. Whoever runs next in the same process, in an order that
    nobody fixed, expects a migrated database.
    """
    yield
    marker = item.get_closest_marker("django_db")
    if nextitem and marker and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Any) -> None:
    """What a test exports and builds lies in folders of its own, where `Bridge.under(tmp_path)` has them."""
    settings.UNIONPRESS_CONTENT = tmp_path / "content"
    settings.UNIONPRESS_DATA = tmp_path / "data"
    settings.UNIONPRESS_OUTPUT = tmp_path / "data/output"


def _make_union(slug: str, title: str, level: str, parent: UnionPage | None = None, **fields) -> UnionPage:
    union = UnionPage(
        slug=slug, title=title, level=level, parent_union=parent, base_url=f"https://{slug}.example", **fields
    )
    ensure_root().add_child(instance=union)
    return union


def _make_story(union: UnionPage, title: str, live: bool = True, **fields) -> StoryPage:
    story = StoryPage(title=title, live=False, **fields)
    union.section("story").add_child(instance=story)
    revision = story.save_revision()
    if live:
        revision.publish()
    return StoryPage.objects.get(pk=story.pk)


@pytest.fixture
def make_union(db):
    return _make_union


@pytest.fixture
def make_story():
    """make_story(union, title, live=True, **fields) -> StoryPage, published as the screens do it."""
    return _make_story


def _make_two() -> None:
    shandong = _make_union("shandong", "山东省总工会", "province", short_name="省总")
    _make_union("qingdao", "青岛市总工会", "city", shandong, short_name="市总")


@pytest.fixture
def unions(db) -> SimpleNamespace:
    """山东 and 青岛 below it; flat in Wagtail, a tree by `parent_union`."""
    again("unions", _make_two)
    return SimpleNamespace(**{slug: UnionPage.objects.get(slug=slug) for slug in ("shandong", "qingdao")})


def _person(name: str, *groups) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", "a-long-password")
    user.groups.set(groups)
    return user


@pytest.fixture
def people(unions) -> SimpleNamespace:
    """`people.qingdao_editor` and so on, `network_admin` and `superuser`."""
    found = {
        f"{union.slug}_{role.role}": _person(f"{union.slug}-{role.role}", role.group)
        for union in (unions.shandong, unions.qingdao)
        for role in union.roles.select_related("group")
    }
    found["network_admin"] = _person("network-admin", Group.objects.get(name=NETWORK_ADMINS))
    found["superuser"] = User.objects.create_superuser("root", "root@example.org", "a-long-password")
    return SimpleNamespace(**found)


@pytest.fixture
def sign_in():
    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
