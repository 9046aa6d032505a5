"""Structured data for search engines: schema.org as JSON-LD, plain dicts.

Types and their properties: https://schema.org/NewsArticle, GovernmentService, Article, Organization,
BreadcrumbList. Only what the page itself shows is said; what is not known is left out.
"""

from __future__ import annotations

from typing import Any

from site_builder import paths
from site_builder.contexts import LinkContext
from site_builder.pages.view import View
from site_builder.plan import Planned
from site_builder.records import Kind, Program, Story, Union

CONTEXT = "https://schema.org"


def organisation(view: View) -> dict[str, Any]:
    """The union of a site, for its home page."""
    union = view.union
    parent = view.content.unions.get(union.parent or "")
    return _known(
        {
            "@context": CONTEXT,
            **_body(union),
            "alternateName": union.short_name,
            "telephone": union.site.hotline,
            "address": union.site.footer.address,
            "parentOrganization": _body(parent) if parent else None,
        }
    )


def breadcrumbs(trail: tuple[LinkContext, ...], title: str, canonical: str, view: View) -> dict[str, Any]:
    english = view.union.site.language == "en"
    steps = [
        (link.label_en if english and link.label_en else link.label, view.absolute(link.href))
        for link in trail
    ]
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate([*steps, (title, canonical)], 1)
        ],
    }


def record(item: Planned, canonical: str, description: str, image: str, view: View) -> dict[str, Any]:
    """A story as NewsArticle, a program as GovernmentService, anything else as Article."""
    shown = item.record
    owner = view.content.unions[shown.union]
    if isinstance(shown, Program):
        return _known(
            {
                "@context": CONTEXT,
                "@type": "GovernmentService",
                "name": shown.title,
                "description": description,
                "url": canonical,
                "image": image,
                "provider": _body(view.union if item.via == "edition" else owner),
                "areaServed": shown.region,
                "audience": {"@type": "Audience", "audienceType": "、".join(shown.audiences)}
                if shown.audiences
                else None,
            }
        )
    source = shown.source if isinstance(shown, Story) else None
    updated = shown.updated if shown.updated and shown.updated <= view.plan.as_of else None
    return _known(
        {
            "@context": CONTEXT,
            "@type": "NewsArticle" if shown.kind is Kind.STORY else "Article",
            "headline": shown.title,
            "description": description,
            "url": canonical,
            "mainEntityOfPage": canonical,
            "image": image,
            "datePublished": shown.published.isoformat(),
            "dateModified": updated.isoformat() if updated else None,
            "inLanguage": "zh-Hans",
            "author": _body(owner),
            "publisher": _body(view.union),
            "isBasedOn": source.url if source else None,
            "keywords": list(shown.topics) or None,
        }
    )


def _body(union: Union) -> dict[str, Any]:
    return {
        "@type": "Organization",
        "name": union.name,
        "url": paths.absolute(paths.HOME, union.site.base_url),
    }


def _known(thing: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if value not in (None, "")}
