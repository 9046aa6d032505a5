"""Each person's language: what a screen speaks, also outside Wagtail's own views (not found, not allowed)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from wagtail.users.models import UserProfile

SCREENS = ("/admin/", "/preview/")


def screen_language() -> Literal["zh-Hans", "en"]:
    """The language in which the present screen speaks."""
    return "zh-Hans" if (get_language() or "zh").startswith("zh") else "en"


class OwnLanguage:
    """Middleware, after authentication: the editors' screens speak as the person who asks has chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = getattr(request, "user", None)
        if not request.path.startswith(SCREENS) or user is None or not user.is_authenticated:
            return self.get_response(request)
        with override(_chosen(user)):
            return self.get_response(request)


def _chosen(user: Any) -> str:
    """The language of the site for who has not chosen, or never opened a screen that keeps a choice."""
    profile: UserProfile | None = getattr(user, "wagtail_userprofile", None)
    return str(profile.get_preferred_language() if profile else get_language())
