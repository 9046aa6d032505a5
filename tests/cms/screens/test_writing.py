"""Writing in a browser: drafts save themselves, once, in the right place, and say so where they cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Page, Response, Route, expect

from cms.media.models import MediaImage
from cms.records.models import StoryPage
from site_builder.records import Kind
from tests.browser import axe
from tests.cms.screens.conftest import PATIENCE, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def desk(unions, people, live_server, chromium: Browser) -> Iterator[SimpleNamespace]:
    """`desk.open(path)` opens a screen as 青岛's reviewer; `desk.sign_in()` is that person signing in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(PATIENCE)
    wrong: list[str] = []

    def again() -> None:
        sign_in(context, people.qingdao_reviewer, live_server.url)

    def open_(path: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(live_server.url + path)
        return page

    section = unions.qingdao.section(Kind.STORY)
    add = reverse("wagtailadmin_pages:add", args=["records", "storypage", section.pk])
    again()
    yield SimpleNamespace(
        open=open_,
        sign_in=again,
        context=context,
        add=add,
        wrong=wrong,
        qingdao=unions.qingdao,
        manager=people.qingdao_manager,
    )
    context.close()


def write(page: Page, field: str, text: str) -> None:
    """As a person does: what a script puts in is no change to a form that just opened."""
    page.click(field)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Escape")  # what a date offers to pick from


def edit(title: str) -> str:
    return reverse("wagtailadmin_pages:edit", args=[StoryPage.objects.get(title=title).pk])


def answered(page: Page, *, ok: bool = True) -> AbstractContextManager[object]:
    """What is done within makes the draft save itself, or be refused, before this ends."""

    def is_it(response: Response) -> bool:
        return bool(
            response.request.method == "POST" and response.url.endswith("/edit/") and response.ok == ok
        )

    return page.expect_response(is_it)


def latest(title: str) -> StoryPage:
    return StoryPage.objects.get(title=title).get_latest_revision_as_object()


def test_drafts_save_themselves(desk) -> None:
    """One browser, one story after another: each part begins with a screen of its own."""
    expect.set_options(timeout=PATIENCE)
    _a_new_story_is_made_once(desk)
    _a_form_sent_while_it_saves_itself_waits(desk)
    _what_a_form_does_while_it_opens_is_no_change(desk)
    _who_writes_by_keyboard_keeps_the_place(desk)
    _what_is_wrong_is_said_where_it_is(desk)
    _a_second_tab_overwrites_nothing(desk)
    _who_is_signed_out_loses_nothing(desk)
    _who_presses_a_button_without_a_session_or_a_network_loses_nothing(desk)
    _two_buttons_pressed_while_it_asks_send_a_form_once(desk)
    _who_presses_a_button_is_asked_before_another_version_is_overwritten(desk)
    _our_own_screens_fit_a_phone_and_hold_nobody_off(desk)
    _a_table_is_written_by_keyboard(desk)
    _on_a_phone_folded_blocks_are_told_and_deep_fields_fit(desk)
    assert desk.wrong == []


def _a_new_story_is_made_once(desk) -> None:
    """Though it was typed before Wagtail began to watch the form: nothing else is changed after it."""
    page = desk.open(desk.add)
    write(page, "#id_title", "夜校开课")
    page.wait_for_url("**/edit/")
    assert page.url.endswith(edit("夜校开课"))
    with answered(page):
        write(page, "#id_subtitle", "三类课")
    assert latest("夜校开课").subtitle == "三类课"
    page.close()


def _a_form_sent_while_it_saves_itself_waits(desk) -> None:
    """The first answer is held back until the button was pressed, as on a slow network."""
    page, held = desk.open(desk.add), []

    def hold(route: Route) -> None:
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/admin/pages/add/**", hold)
    with page.expect_request(lambda request: request.method == "POST"):
        write(page, "#id_title", "慢网络")
    page.locator("footer button", has_text="保存草稿").click()
    assert not StoryPage.objects.filter(title="慢网络").exists(), "the form waits"
    with page.expect_navigation():
        held[0].continue_()
    assert page.url.endswith(edit("慢网络")), "made once"
    page.close()


def _what_a_form_does_while_it_opens_is_no_change(desk) -> None:
    """Some widgets open late on a slow machine: looking at a page must not make a draft of it."""
    page, sent = desk.open(edit("夜校开课")), []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.evaluate(
        """() => new Promise(done => {
          const form = document.querySelector('[data-controller~="w-unsaved"]');
          const watching = () => wagtail.app.getControllerForElementAndIdentifier(form, 'w-unsaved');
          const title = () => new URLSearchParams(watching()?.initialFormData).get('title');
          const late = setInterval(() => {
            if (!title()) return;
            clearInterval(late);
            document.addEventListener('w-unsaved:watch-edits', () => title().endsWith('！') && done());
            form.querySelector('#id_title').value += '！';
          }, 50);
        })"""
    )
    assert [url for url in sent if url.endswith("/edit/")] == []
    with answered(page):
        write(page, "#id_title", "夜校开课")
        write(page, "#id_subtitle", "四类课")
    page.close()


def _who_writes_by_keyboard_keeps_the_place(desk) -> None:
    """After choosing in a window, too: the button that opened it is gone by then. Texts are named."""
    pixels = BytesIO()
    Image.new("RGB", (40, 30), "red").save(pixels, "PNG")
    MediaImage.objects.create(
        title="夜校的灯", file=ImageFile(pixels, "deng.png"), collection=desk.qingdao.collection
    )
    page = desk.open(edit("夜校开课"))
    expect(page.get_by_role("textbox", name="前言")).to_be_visible()
    add = page.locator('[data-contentpath="body"] .c-sf-add-button').last
    add.press("Enter")
    page.locator("[role=combobox]").press("Escape")
    expect(add).to_be_focused()
    lead = page.locator('[data-contentpath="lead_picture"]')
    lead.locator(".c-sf-add-button").press("Enter")
    lead.locator(".chooser__choose-button").press("Enter")
    expect(page.locator(".modal")).to_be_focused()  # once it is fully open
    page.locator(".modal").get_by_text("夜校的灯").locator("xpath=ancestor::a").press("Enter")
    expect(lead.locator("[data-chooser-url] .w-dropdown__toggle")).to_be_focused()
    page.close()


def _what_is_wrong_is_said_where_it_is(desk) -> None:
    page = desk.open(edit("夜校开课"))
    page.get_by_role("tab", name=re.compile("何时")).click()
    write(page, "#id_published", "2025-05-01 09:00")
    write(page, "#id_expires", "2025-04-01 09:00")
    told = page.locator('[data-contentpath="expires"] .error-message')
    expect(told).to_have_text("下线时间须在发布时间之后。")
    with answered(page):
        write(page, "#id_expires", "2025-06-01 09:00")
    expect(told).to_have_count(0)
    assert latest("夜校开课").expires
    page.close()


def _a_second_tab_overwrites_nothing(desk) -> None:
    first, second = desk.open(edit("夜校开课")), desk.open(edit("夜校开课"))
    with answered(first):
        write(first, "#id_subtitle", "先写的")
    with answered(second, ok=False):
        write(second, "#id_subtitle", "后写的")
    expect(second.locator("#w-autosave-indicator")).to_contain_text("自动保存已暂停")
    assert latest("夜校开课").subtitle == "先写的"
    first.close()
    second.close()


def _our_own_screens_fit_a_phone_and_hold_nobody_off(desk) -> None:
    for name in ("wagtailadmin_home", "shared-inbox", "table-import", "publishing-status"):
        page = desk.open(reverse(name))
        page.set_viewport_size({"width": 390, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        lefts = page.evaluate(
            "[...document.querySelectorAll('.publishing-rows tbody :is(th, td)')]"
            ".flatMap(cell => [...cell.getClientRects()].map(shown => shown.left))"
        )
        assert len(set(lefts)) <= 1, (name, "a row is read downwards")
        page.evaluate(axe.SCRIPT)
        assert axe.broken(page, [*axe.STYLED, "label", "button-name", "link-name"]) == [], name
        page.close()


def _who_is_signed_out_loses_nothing(desk) -> None:
    page = desk.open(edit("慢网络"))
    with answered(page):
        write(page, "#id_subtitle", "登录时写的")
    desk.context.clear_cookies()
    write(page, "#id_subtitle", "过期后写的")
    expect(page.locator(".messages")).to_contain_text("登录已过期")
    assert latest("慢网络").subtitle == "登录时写的"
    desk.sign_in()
    with answered(page):
        page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator(".messages")).to_contain_text("已重新登录")
    assert latest("慢网络").subtitle == "过期后写的"
    page.close()


SESSION = "**/admin/session/"


def no_answer(page: Page) -> None:
    """As from a network that wants its own login first, or a web server before one that is restarted."""
    page.route(SESSION, lambda route: route.fulfill(body="<p>请先登录本店网络</p>", content_type="text/html"))


def _who_presses_a_button_without_a_session_or_a_network_loses_nothing(desk) -> None:
    page = desk.open(edit("慢网络"))
    press = 'document.querySelector("[data-edit-form] [type=submit]").click()'
    for fail, mend, said in (
        (desk.context.clear_cookies, desk.sign_in, "登录已过期"),
        (lambda: desk.context.set_offline(True), lambda: desk.context.set_offline(False), "网络不通"),
        (lambda: no_answer(page), lambda: page.unroute(SESSION), "服务器没有应答"),
    ):
        fail()
        page.evaluate(f'document.querySelector("#id_subtitle").value = "{said}时写的"; {press}')
        expect(page.locator(".messages")).to_contain_text(said)
        expect(page.locator("#id_subtitle")).to_have_value(f"{said}时写的")
        mend()
        with page.expect_navigation():
            page.evaluate(press)
        assert latest("慢网络").subtitle == f"{said}时写的"
    page.close()


def _two_buttons_pressed_while_it_asks_send_a_form_once(desk) -> None:
    """The first counts; neither stays behind in the form, which may still be on the screen."""
    page, asked, sent = desk.open(edit("慢网络")), [], []
    page.route(SESSION, lambda route: asked.append(route))
    page.route("**/edit/", lambda route: (sent.append(route.request.post_data or ""), route.abort("aborted")))
    with page.expect_request(SESSION):
        page.evaluate("document.querySelector('[data-edit-form] [type=submit]').click()")
    page.evaluate("document.querySelector('[data-edit-form] [name=action-publish]').click()")
    with page.expect_request("**/edit/"):
        asked[0].continue_()
    page.wait_for_timeout(500)
    assert (len(asked), len(sent)) == (1, 1)
    assert "action-publish" not in sent[0], "the first of the two"
    assert page.locator("[data-edit-form] input[name^=action-]").count() == 0
    page.close(run_before_unload=False)


def _who_presses_a_button_is_asked_before_another_version_is_overwritten(desk) -> None:
    """Also one whose window has not heard of it yet; nobody is asked about a version of their own."""
    page = desk.open(edit("夜校开课"))
    with answered(page):
        write(page, "#id_subtitle", "先写的")
    story = latest("夜校开课")
    story.subtitle = "别人写的"
    story.save_revision(user=desk.manager)
    page.evaluate("document.querySelector('#id_subtitle').value = '后写的'")
    press = "document.querySelector('[data-edit-form] [name=action-publish]').click()"
    with page.expect_navigation():
        page.evaluate(press)
    expect(page.locator(".messages")).to_contain_text(f"没有保存：{desk.manager.get_username()}")
    expect(page.locator("#id_subtitle")).to_have_value("后写的")
    expect(page.locator("#w-autosave-indicator")).to_contain_text("自动保存已暂停")
    assert latest("夜校开课").subtitle == "别人写的"
    page.evaluate(press)
    asked = page.locator("#w-save-confirmation-dialog")
    expect(asked).to_contain_text("保存了新版本")
    with page.expect_navigation():
        asked.locator("[data-w-dialog-target=confirm]").click()
    assert StoryPage.objects.get(title="夜校开课").subtitle == "后写的", "published"
    page.goto(page.url.split("/admin/")[0] + edit("夜校开课"))
    for text in ("自己写的", "自己又写的"):
        with answered(page):
            write(page, "#id_subtitle", text)
    with page.expect_navigation():
        page.evaluate(press)
    assert StoryPage.objects.get(title="夜校开课").subtitle == "自己又写的", "not asked about one's own"
    page.close()


def _a_table_is_written_by_keyboard(desk) -> None:
    """What is typed in a cell reached by Tab is kept, the menu adds rows, and Escape leads out again."""
    story = StoryPage(title="有表的", live=False, body=[("table", {})])
    desk.qingdao.section(Kind.STORY).add_child(instance=story)
    story.save_revision()
    page = desk.open(edit(story.title))
    cells = page.locator('[data-contentpath="body"] .htCore td')
    expect(cells).to_have_count(9)
    value = page.locator("[name=body-0-value-table]")
    cells.first.focus()
    page.keyboard.type("night")
    page.keyboard.press("Tab")
    page.keyboard.type("school")
    page.keyboard.press("Enter")
    expect(value).to_have_value(re.compile(r'\[\["night","school",null\],'))
    page.keyboard.press("Shift+F10")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(cells).to_have_count(12)
    cells.first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(cells.nth(1)).to_be_focused()
    page.close()


def _on_a_phone_folded_blocks_are_told_and_deep_fields_fit(desk) -> None:
    number = {"value": "3", "status": "actual", "period": "2024"}
    chart = {"caption": "夜校", "items": [{"name": "夜校", "unit": "所", "readings": [number]}]}
    story = StoryPage(title="手机上写的", live=False, body=[("chart", chart)])
    story.figures = [("item", {"label": "参加夜校的职工", "value": "3", "unit": "所"})]
    desk.qingdao.section(Kind.STORY).add_child(instance=story)
    story.save_revision()
    page = desk.open(edit(story.title))
    page.set_viewport_size({"width": 390, "height": 800})
    figure = page.locator('[data-contentpath="figures"]')
    figure.locator("[aria-expanded=true][data-panel-toggle]").last.click()
    title = figure.locator(".c-sf-block__title").last
    expect(title).to_contain_text("参加夜校的职工")
    assert title.evaluate("title => title.scrollWidth <= title.parentElement.clientWidth"), "not cut"
    status = page.locator("select[id*=readings][id$=status]")
    assert status.evaluate("select => select.getBoundingClientRect().right") <= 390
    page.locator("[data-side-panel-toggle=proofs]").click()
    said = page.locator("[data-proofs] p").first
    expect(said).to_be_visible()
    top = said.evaluate("said => said.getBoundingClientRect().top")
    close = page.locator(".form-side__close-button")
    assert close.evaluate("button => button.getBoundingClientRect().bottom") <= top, "not covered"
    page.close()
