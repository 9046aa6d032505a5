"""A union's page <-> `records.Union`."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cms.exporting.stream import Target, body_of, body_raw, data_of, raw
from cms.unions.models import UnionPage
from site_builder import body
from site_builder.records import Home, Schedule, Union

_PLAIN = {
    "short_name": "short_name",
    "aliases": "other_names",
    "region": "region",
    "region_code": "region_code",
    "functional_zone": "functional_zone",
    "subscriptions": "subscriptions",
}
"""Field of the union -> field of the page."""
_SITE = (
    "base_url", "theme", "language", "slogan", "icp", "police_record", "website_code", "hotline", "reviewer",
    "share_pictures",
)  # fmt: skip
_PICTURES = ("logo", "icon")
_SINGLE = ("mourning", "festival", "emergency", "wechat")
"""Parts of a site of which there is one at most."""
_CLOSURE = ("how", "since", "successors", "note")
_FOOTER = ("organiser", "undertaker", "address", "postcode", "note")


def union_of(page: UnionPage, links: Target) -> Union:
    """What the page says, as content. Raises ValueError (pydantic's) for what content cannot carry."""
    palette = {"primary": page.palette_primary, "accent": page.palette_accent}
    site: dict[str, Any] = {name: getattr(page, name) for name in _SITE}
    site |= {
        "palette": _told(palette),
        **{name: picture.media_ref for name in _PICTURES if (picture := getattr(page, name))},
        "menu": [data_of(item.value, links) for item in page.menu],
        "footer": _told({name: getattr(page, f"footer_{name}") for name in _FOOTER}),
        "contacts": [data for item in page.contacts if (data := data_of(item.value, links))],
        "home": _told(
            {
                "lead": f"record:{page.home_lead}" if page.home_lead else None,
                "pinned": [f"record:{item.value}" for item in page.home_pinned if item.value],
                "notice": _first(page.home_notice, links),
                "seasons": [data for item in page.home_seasons if (data := data_of(item.value, links))],
                "blocks": [item.value for item in page.home_blocks],
            }
        ),
        **{name: _first(getattr(page, name), links) for name in _SINGLE},
    }
    schedule = {
        "cron": page.schedule_cron,
        "timezone": page.schedule_timezone,
        "quiet_hours": page.schedule_quiet_hours,
    }
    closure = _told({name: getattr(page, f"closed_{name}") for name in _CLOSURE})
    fields: dict[str, Any] = {name: getattr(page, there) for name, there in _PLAIN.items()}
    return Union.model_validate(
        _told(fields)
        | {
            "slug": page.slug,
            "name": page.title,
            "level": page.level,
            "parent": page.parent_union.slug if page.parent_union else None,
            "industry_line": page.industry_line.slug if page.industry_line else None,
            "closure": closure or None,
            "new_share": _first(page.new_share, links),
            "site": _told(site),
            "schedule": _told(schedule) if page.schedule_cron else None,
            "body": body.write(body_of(page.body, links)),
        }
    )


def _first(stream: Any, links: Target) -> Any:
    """The only value of a stream that holds one at most, as data; None for none."""
    return next((data_of(item.value, links) for item in stream), None)


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def fill(page: UnionPage, union: Union) -> None:
    """Everything a union says but its place in the tree and what may refer to records (see `fill_texts`)."""
    page.slug = union.slug
    page.title = page.draft_title = union.name
    page.level = union.level.value
    for name, there in _PLAIN.items():
        value = getattr(union, name)
        setattr(page, there, list(value) if isinstance(value, tuple) else value)
    for name in _SITE:
        setattr(page, name, getattr(union.site, name))
    page.palette_primary = union.site.palette.primary
    page.palette_accent = union.site.palette.accent or ""
    for name in _FOOTER:
        setattr(page, f"footer_{name}", getattr(union.site.footer, name))
    closure = union.closure
    page.closed_how = closure.how if closure else ""
    page.closed_since = closure.since if closure else None
    page.closed_successors = list(closure.successors) if closure else []
    page.closed_note = closure.note if closure else ""
    schedule = union.schedule or Schedule(cron="0 6 * * *")
    page.schedule_cron = union.schedule.cron if union.schedule else ""
    page.schedule_timezone = schedule.timezone
    page.schedule_quiet_hours = schedule.quiet_hours


def fill_texts(page: UnionPage, union: Union, target: Target) -> None:
    """What may refer to media and records. Raises ValueError for a picture or file that is not there."""
    identity = union_id(union.slug)
    for name in _PICTURES:
        ref = getattr(union.site, name)
        number = target.image_of(ref.removeprefix("media:")) if ref else None
        if ref and number is None:
            raise ValueError(f"there is no picture {ref} in content/media")
        setattr(page, f"{name}_id", number)
    site, home = union.site, union.site.home
    streams: dict[str, tuple[Any, ...]] = {
        "menu": site.menu,
        "contacts": site.contacts,
        "home_notice": (home.notice,),
        "home_pinned": tuple(ref.removeprefix("record:") for ref in home.pinned),
        "home_seasons": home.seasons,
        "home_blocks": home.blocks,
        "new_share": (union.new_share,),
        **{name: (getattr(site, name),) for name in _SINGLE},
    }
    for name, items in streams.items():
        block = getattr(page, name).stream_block.child_blocks["item"]
        found = [
            {"type": "item", "value": raw(block, item, target), "id": str(uuid5(identity, f"{name}/{place}"))}
            for place, item in enumerate(items)
            if item is not None
        ]
        setattr(page, name, found)
    page.home_lead = UUID(home.lead.removeprefix("record:")) if home.lead else None
    blocks = page.body.stream_block.child_blocks
    page.body = body_raw(body.parse(union.body), identity, blocks, target)


def has_texts(union: Union) -> bool:
    """Whether a union says anything that `fill_texts` brings beside its body."""
    site = union.site
    given = (getattr(site, name) for name in (*_PICTURES, *_SINGLE))
    return bool(union.new_share or site.menu or site.contacts or site.home != Home() or any(given))


def union_id(slug: str) -> UUID:
    """A number from which the ids of a union's blocks follow."""
    return uuid5(NAMESPACE_URL, f"urn:unionpress:union:{slug}")
