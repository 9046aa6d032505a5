"""Accounts are of people at work: no screen demands a personal name or an address."""

from __future__ import annotations

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from cms.accounts import widgets
from cms.accounts.models import User


def test_somebody_without_a_name_or_address_sets_their_language(people, sign_in):
    user = people.qingdao_editor
    User.objects.filter(pk=user.pk).update(email="")
    said = {
        "name_email-last_name": "青岛市总工会 宣教部",
        "locale-preferred_language": "en",
        "theme-theme": "system", "theme-contrast": "system", "theme-density": "default",
    }  # fmt: skip
    response = sign_in(user).post(reverse("wagtailadmin_account"), said)
    assert response.status_code == 302
    user.refresh_from_db()
    assert (user.get_full_name(), user.wagtail_userprofile.preferred_language) == (
        "青岛市总工会 宣教部",
        "en",
    )


def test_the_network_makes_an_account_of_a_body_and_a_role(people, sign_in):
    password = "yi-ge-hen-chang-de-mi-ma"
    said = {
        "username": "pingdu",
        "last_name": "平度市总工会 编辑",
        "password1": password,
        "password2": password,
    }
    response = sign_in(people.network_admin).post(reverse("wagtailusers_users:add"), said)
    assert response.status_code == 302
    assert str(User.objects.get(username="pingdu")) == "平度市总工会 编辑"


def test_the_sign_in_page_is_in_the_reader_s_language(client, db):
    page = client.get(reverse("wagtailadmin_login")).content.decode()
    assert "密码" in page
    assert "Wagtail" not in page.split("<main", 1)[1].split("</main>")[0]


@pytest.mark.parametrize("mails", [False, True])
def test_a_new_password_is_offered_by_mail_only_where_mails_are_sent(client, db, settings, mails):
    """Else the link would come out in the log of the server, and whoever asked for it would wait."""
    assert settings.WAGTAIL_PASSWORD_RESET_ENABLED == settings.UNIONPRESS_MAIL_ALERTS
    settings.WAGTAIL_PASSWORD_RESET_ENABLED = mails
    page = client.get(reverse("wagtailadmin_login")).content.decode()
    assert (reverse("wagtailadmin_password_reset") in page) == mails
    assert ("全网管理员" in page) != mails
    assert client.get(reverse("wagtailadmin_password_reset")).status_code == (200 if mails else 404)


def test_what_is_not_found_is_said_in_the_reader_s_language(people, sign_in):
    reader, address = people.qingdao_editor, "/admin/nothing/here/"
    page = sign_in(reader).get(address).content.decode()
    assert "找不到" in page
    assert 'href="#main"' in page
    assert 'id="main"' in page.split("<body", 1)[1], "the link that skips to the content leads nowhere"
    UserProfile.objects.update_or_create(user=reader, defaults={"preferred_language": "en"})
    page = sign_in(User.objects.get(pk=reader.pk)).get(address).content.decode()
    assert "找不到" not in page
    assert "could not be found" in page


def test_roles_are_called_in_the_reader_s_language(people, sign_in):
    add = reverse("wagtailusers_users:add")
    assert "青岛市总工会 · 审核" in sign_in(people.network_admin).get(add).content.decode()
    UserProfile.objects.update_or_create(user=people.network_admin, defaults={"preferred_language": "en"})
    page = sign_in(User.objects.get(pk=people.network_admin.pk)).get(add).content.decode()
    assert "青岛市总工会 · Reviewer" in page
    assert "Network administrators" in page


def test_a_role_beyond_those_shown_is_looked_up(people, sign_in, monkeypatch):
    """At thousands of unions the screen has a few boxes: those that are ticked, and the first others."""
    monkeypatch.setattr(widgets, "SHOWN", 1)
    admin, editor = sign_in(people.network_admin), people.qingdao_editor
    edit = admin.get(reverse("wagtailusers_users:edit", args=[editor.pk])).content.decode()
    assert edit.count('checkbox" name="groups"') == 2
    assert "青岛市总工会 · 编辑" in edit
    found = admin.get(reverse("wagtailusers_users:roles"), {"name": "groups", "typed": "QINGDAO"})
    assert "青岛市总工会 · 编辑" in found.content.decode()
    listed = admin.get(reverse("wagtailusers_users:index"), {"group": editor.groups.get().pk})
    assert listed.content.decode().count('checkbox" name="group"') == 2
    assert sign_in(editor).get(reverse("wagtailusers_users:roles")).status_code in {302, 403}


def test_a_role_for_several_accounts_and_the_groups_of_a_review_are_looked_up(people, sign_in, monkeypatch):
    """They were every group there is: 9,600 in a network of 3,200 unions."""
    monkeypatch.setattr(widgets, "SHOWN", 1)
    admin, editor = sign_in(people.network_admin), people.qingdao_editor
    several = reverse("wagtail_bulk_action", args=["accounts", "user", "assign_role"])
    several = f"{several}?id={editor.pk}&next={reverse('wagtailusers_users:index')}"
    asked = admin.get(several).content.decode()
    assert asked.count('radio" name="role"') == 1
    assert "cms/narrow.js" in asked
    found = admin.get(reverse("wagtailusers_users:roles"), {"name": "role", "typed": "青岛 审核", "one": "1"})
    assert 'radio" name="role"' in found.content.decode()
    reviewer = people.qingdao_reviewer.groups.get()
    admin.post(several, {"role": reviewer.pk})
    assert reviewer in editor.groups.all()
    for app, kind in (("wagtailcore", "groupapprovaltask"), ("scoreboards", "reviewstep")):
        form = admin.get(reverse("wagtailadmin_workflows:add_task", args=[app, kind])).content.decode()
        assert form.count('checkbox" name="groups"') == 1
        assert "cms/narrow.js" in form
