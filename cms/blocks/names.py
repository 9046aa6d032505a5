"""What people have at hand instead of a code: a union's name, the address of a record in their browser.

Screens take both and keep what `content/` has: a union's slug, `record:<uuid>`.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as translate

_PLACE = re.compile(
    r"(?P<section>/[a-z]+/)(?:\d{4}/\d{2}/)?(?:(?P<owner>[a-z0-9-]+)/)?(?P<slug>[a-z0-9-]+)/?"
)
"""Where a record lies on a site (`site_builder.paths.record_path`)."""
_EDITED = re.compile(r"/admin/pages/(?P<number>\d+)/(edit/)?")


def union_named(name: str) -> str:
    """The slug of the union that is called this: its name, its short name or the slug itself.

    Raises ValidationError where there is none, or more than one.
    """
    unions = apps.get_model("unions", "UnionPage").objects
    name = name.strip()
    if unions.filter(slug=name).exists():
        return name
    found = list(
        unions.filter(Q(title=name) | Q(short_name=name)).order_by("path").values_list("slug", "title")
    )
    if len(found) == 1:
        return str(found[0][0])
    if found:
        options = "、".join(f"{slug}（{title}）" for slug, title in found)
        raise ValidationError(
            translate("叫“%(name)s”的工会不止一个，请写网址代号：%(options)s。")
            % {"name": name, "options": options}
        )
    raise ValidationError(
        translate("没有叫“%(name)s”的工会：请写全称、简称或网址代号，例如 青岛市总工会 或 qingdao。")
        % {"name": name}
    )


def union_called(slug: str) -> str:
    """The name by which `union_named` finds this union again; the slug of one that is not here."""
    unions = apps.get_model("unions", "UnionPage").objects
    title = unions.filter(slug=slug).values_list("title", flat=True).first()
    if not title or unions.filter(Q(title=title) | Q(short_name=title)).count() > 1:
        return slug
    return str(title)


def as_reference(address: str) -> str:
    """`record:<uuid>` for the address of a record that readers can see now; anything else as it is.

    Knows a record's page on any site of the network, as it is served at home too (`unionpress serve`), and
    its page in Wagtail. An address with more behind it (`?q=`, `#part`) says more than a reference can.
    """
    parts = urlsplit(address.strip())
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        return address
    edited = _EDITED.fullmatch(parts.path)
    page = _public(pk=int(edited["number"])) if edited else _lying_at(address.strip(), parts)
    return f"record:{page.uuid}" if page is not None else address


def _lying_at(address: str, parts: Any) -> Any:
    site, path = _site_of(address, parts)
    place = _PLACE.fullmatch(path)
    if not site or place is None:
        return None
    owner = place["owner"] or site
    union = apps.get_model("unions", "UnionPage").objects.filter(slug=owner).first()
    if union is None:
        return None
    return _public(slug=place["slug"], path__startswith=union.path, url_section=place["section"])


def _site_of(address: str, parts: Any) -> tuple[str, str]:
    """The union on whose site an address lies, and the rest of the address as a site path."""
    host = parts.hostname or ""
    if host.endswith(".localhost"):
        return host.removesuffix(".localhost"), parts.path
    if host == "localhost":
        slug, _, rest = parts.path.removeprefix("/").partition("/")
        return slug, f"/{rest}"
    sites = apps.get_model("unions", "UnionPage").objects.values_list("slug", "base_url")
    under = [(base, slug) for slug, base in sites if base and address.startswith(f"{base}/")]
    base, slug = max(under, key=lambda one: len(one[0]), default=("", ""))
    return slug, address[len(base) :]


def _public(url_section: str = "", **where: Any) -> Any:
    """The published page that everybody may read: a draft's address must not tell that it is there."""
    pages = apps.get_model("records", "RecordPage").objects.live().public()
    for page in pages.filter(published__lte=timezone.now(), **where).specific():
        if not url_section or page.live_url.removeprefix(page.union.base_url).startswith(url_section):
            return page
    return None
