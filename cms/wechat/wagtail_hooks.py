"""公众号版 beside a record's page in Wagtail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.models import Page

from cms.wechat import views


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("wechat/<int:page_id>/", views.screen, name="wechat-edition"),
        path("wechat/<int:page_id>/files/", views.archive, name="wechat-files"),
    ]


@hooks.register("register_page_header_buttons")
def header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if page.pk and views.has_edition(page.specific) and page.permissions_for_user(user).can_edit():
        address = reverse("wechat-edition", args=[page.pk])
        yield HeaderButton(str(_("公众号版")), address, icon_name="clipboard-list", priority=7)


@hooks.register("register_page_listing_more_buttons")
def listing_button(page: Page, user: Any, next_url: str | None = None) -> Iterator[Button]:
    if views.has_edition(page.specific) and page.permissions_for_user(user).can_edit():
        address = reverse("wechat-edition", args=[page.pk])
        yield Button(str(_("公众号版")), address, icon_name="clipboard-list", priority=36)
