"""The roles of an account in a browser: found by typing, kept while something else is looked for."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from playwright.sync_api import Browser, expect

from cms.accounts.models import User
from cms.accounts.widgets import SHOWN
from tests.browser import axe
from tests.cms.screens.conftest import PATIENCE, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_roles_are_found_by_typing(unions, people, live_server, chromium: Browser) -> None:
    Group.objects.bulk_create(Group(name=f"小组 {number:02}") for number in range(SHOWN))
    expect.set_options(timeout=PATIENCE)
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    sign_in(context, people.network_admin, live_server.url)
    page = context.new_page()
    page.goto(live_server.url + reverse("wagtailusers_users:add") + "#tab-roles")
    typed, told = page.locator("[data-narrow-by]"), page.locator("[data-narrow-told]")
    names = page.locator("[data-narrow] label")
    expect(told).to_have_attribute("role", "status")
    expect(told).to_contain_text("还有 7 个没有列出")
    expect(names).to_have_count(SHOWN)
    typed.focus()
    page.keyboard.type("qingdao 审核")
    expect(names).to_have_text(["青岛市总工会 · 审核"])
    expect(told).to_have_text("都列出了。")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    typed.fill("省总")
    expect(names).to_have_text(
        ["青岛市总工会 · 审核", *(f"山东省总工会 · {role}" for role in ("编辑", "审核", "管理"))]
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert typed.evaluate("field => field.getBoundingClientRect().right") <= 390
    page.evaluate(axe.SCRIPT)
    assert axe.broken(page, [*axe.STYLED, "label", "target-size"]) == []
    typed.fill("没有的")
    expect(told).to_have_text("没有这样的工会或角色。")
    expect(names).to_have_text(["青岛市总工会 · 审核"])
    page.route("**/roles/**", lambda route: route.abort())
    typed.fill("省")
    expect(told).to_contain_text("网络不通")
    assert page.url.endswith("#tab-roles"), "Enter in the field sent nothing"

    page.locator("[role=tab]").first.click()
    password = "yi-ge-hen-chang-de-mi-ma"
    said = {
        "username": "xin",
        "last_name": "青岛市总工会 宣教部",
        "password1": password,
        "password2": password,
    }
    for field, value in said.items():
        page.fill(f"#id_{field}", value)
    with page.expect_navigation():
        page.locator("footer [type=submit]").click()
    context.close()
    assert list(User.objects.get(username="xin").groups.values_list("union_role__role", flat=True)) == [
        "reviewer"
    ]
