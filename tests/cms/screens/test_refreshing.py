"""What a worker is about to change comes by itself, and nobody loses the place where they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from cms.places import places
from cms.publishing.clock import Clock
from cms.publishing.worker import PublishingWorker
from tests.browser import axe
from tests.cms.screens.conftest import PATIENCE, sign_in
from tests.patience import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

FOLDED = "<details><summary>原文</summary>no route to host</details>"


@pytest.fixture
def page(unions, people, live_server, chromium: Browser) -> Iterator[Page]:
    """A network administrator's, whose clock goes only when it is told to."""
    expect.set_options(timeout=PATIENCE)
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=live_server.url
    )
    context.set_default_timeout(PATIENCE)
    sign_in(context, people.network_admin, live_server.url)
    page = context.new_page()
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    yield page
    context.close()


def test_receipts_come_by_themselves_and_leave_the_keyboard_where_it_is(
    unions, make_story, page: Page
) -> None:
    PublishingWorker(places(), Clock(), jobs=1).step()
    story = make_story(unions.shandong, "必转的一篇", share_mode="required", share_to=["descendants"])
    page.goto(reverse("publishing-receipts", args=[story.uuid]))
    region = page.locator("[data-refresh]")
    rows, states = region.locator("tbody tr"), region.locator("td:nth-of-type(1)")
    expect(states).to_have_text(["还没上线", "还没上线"])
    queued = region.evaluate("part => part.outerHTML")
    assert ' data-under-way=""' in queued

    answers = []

    def answer(route: Route) -> None:
        if route.request.headers.get("x-requested-with") is None:
            route.continue_()
        else:
            status, body = answers.pop(0)
            route.fulfill(status=status, body=body, content_type="text/html; charset=utf-8")

    def asked(left: int) -> bool:
        page.clock.run_for(100)
        return len(answers) == left

    def ask(after: int) -> None:
        """The clock goes on until it is asked: the page may still be busy with the answer before."""
        left = len(answers) - 1
        with page.expect_response(lambda response: "publishing/records" in response.url):
            page.clock.run_for(after - 200)
            assert len(answers) > left, "not asked so soon"
            wait_for(lambda: asked(left), "the page asks again")

    page.route("**/publishing/records/**", answer)
    first, second = (rows.nth(place).evaluate("row => row.outerHTML") for place in (0, 1))
    failing = FOLDED.join(second.rsplit("</td>", 1)).replace(FOLDED, f"{FOLDED}</td>")
    answers = [
        (502, "being restarted"),
        (200, queued.replace(second, failing)),
        (
            200,
            queued.replace(first, "")
            .replace(second, failing.replace("还没上线", "已上线") + first)
            .replace(' data-under-way=""', ""),
        ),
    ]
    page.locator("#publishing-q").fill("市总")
    ask(after=2000)
    ask(after=3000)
    folded = page.locator("details")
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    ask(after=2000)
    expect(states).to_have_text(["已上线", "还没上线"])
    expect(folded.locator("summary")).to_be_focused()
    expect(folded).to_have_attribute("open", "")
    expect(page.locator("#publishing-q")).to_have_value("市总")
    page.clock.run_for(30_000)
    assert answers == [], "whatever is at rest is asked for no more: another question would find no answer"
    page.clock.resume()
    page.evaluate(axe.SCRIPT)
    assert axe.broken(page, axe.STYLED) == []


def test_sites_come_by_themselves_while_somebody_types_below_what_goes_away(
    unions, make_story, page: Page
) -> None:
    worker = PublishingWorker(places(), Clock(), jobs=1)

    def publish() -> None:
        while worker.step().requests:
            pass  # it says that it is done when it finds nothing more to do

    make_story(unions.qingdao, "第一篇")
    page.goto(reverse("publishing-status"))
    site = page.locator("tr[data-key=qingdao]")
    expect(page.get_by_role("heading", name="等待发布")).to_be_visible()
    expect(site).to_contain_text("还没有导出")
    page.locator("#publishing-q").press_sequentially("青岛")
    page.locator("#publishing-q").evaluate(
        "field => { window.left = 0; field.addEventListener('blur', () => { window.left += 1; }); }"
    )
    publish()
    wait_for(lambda: page.clock.run_for(1000) or "还没有导出" not in site.inner_text(), "the site is shown")
    expect(page.get_by_role("heading", name="等待发布")).to_have_count(0)
    expect(page.get_by_role("heading", name="最近的发布")).to_be_visible()
    page.keyboard.insert_text("市")
    expect(page.locator("#publishing-q")).to_have_value("青岛市")
    assert page.evaluate("window.left") == 0, "who is in the middle of a word keeps it"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(60_000)
    assert asked == [], "nothing is under way"

    page.goto(reverse("publishing-site", args=["qingdao"]))
    releases = page.locator("#releases + table tbody tr")
    expect(releases).to_have_count(1)
    make_story(unions.qingdao, "第二篇")
    page.reload()
    publish()
    wait_for(lambda: page.clock.run_for(1000) or releases.count() == 2, "the new release is shown")
    expect(releases.first).to_contain_text("正在上线")
    page.get_by_role("button", name="立即重建").click()
    expect(page.locator(".messages")).to_contain_text("已请求重建：青岛市总工会")
    page.clock.run_for(10_000)
    expect(page.locator(".messages")).to_contain_text("已请求重建：青岛市总工会")
