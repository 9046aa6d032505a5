"""What is near a point, as a reader's script chooses it: by distance, and without what is over by then."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.browser

SCRIPTS = Path(__file__).parents[2] / "themes/base/static/site"
CHOOSE = """async () => {
  const { choose } = await import("http://site.example/nearby.js");
  const now = Date.parse("2025-04-20T00:00:00+08:00");
  const fair = (id, north, until) => ({ id, position: [north, 120], until, region: "", type: "jobfair" });
  const fairs = [
    fair("far", 36.1, "2025-04-21T00:00:00+08:00"),
    fair("near", 36.02, "2025-04-20T12:00:00+08:00"),
    fair("over", 36.01, "2025-04-20T00:00:00+08:00"),
  ];
  const ids = (chosen, point) => choose(fairs, chosen, point, now).map((found) => found.id);
  return [ids({ within: "3000" }, [36, 120]), ids({ within: "" }, [36, 120]), ids({ type: "jobfair" }, null)];
}"""


def test_fairs_within_three_kilometres_until_midnight(chromium: Browser) -> None:
    """S06: what ended at midnight is gone a moment later, on a page built the day before."""

    def answer(route: Route) -> None:
        script = SCRIPTS / route.request.url.rsplit("/", 1)[-1]
        if script.suffix == ".js":
            route.fulfill(body=script.read_text("utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html><title>-</title>", content_type="text/html")

    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", answer)
    page.goto("http://site.example/")
    near, ordered, chosen = page.evaluate(CHOOSE)
    context.close()
    assert near == ["near"]
    assert ordered == ["near", "far"]
    assert chosen == ["far", "near"]
