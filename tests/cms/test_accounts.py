"""Accounts are of people at work: no screen demands a personal name or an address."""

from __future__ import annotations

from django.urls import reverse

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
