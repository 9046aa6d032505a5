"""Whether the unions of a folder make a tree."""

from __future__ import annotations

from site_builder.content_store.problems import Problems
from site_builder.records import Level, Union

_RANK = {Level.NATIONAL: 0, Level.PROVINCE: 1, Level.CITY: 2, Level.COUNTY: 3, Level.TOWN: 4}


def checked(unions: dict[str, Union], problems: Problems) -> dict[str, Union]:
    """The unions that can stand in a tree. One that cannot takes out those below it."""
    unions = dict(unions)
    _base_urls(unions, problems)
    _levels(unions, problems)
    _cycles(unions, problems)
    _orphans(unions, problems)
    _successors(unions, problems)
    _regions(unions, problems)
    return unions


def _base_urls(unions: dict[str, Union], problems: Problems) -> None:
    """Both are told and neither is left out: a file copied by mistake must not cost another union its
    site, and which of the two is right nothing in the folder says."""
    owners: dict[str, list[Union]] = {}
    for union in unions.values():
        owners.setdefault(union.site.base_url.lower(), []).append(union)
    for union in unions.values():
        address = union.site.base_url
        others = [other.slug for other in owners[address.lower()] if other.slug != union.slug]
        if others:
            problems.tell(
                "union-address",
                f"unions/{union.slug}.md",
                f"The address {address} is also that of {', '.join(others)}",
                "Correct the one that is wrong; until then both sites are built and claim this address.",
                place="site.base_url",
            )


def _levels(unions: dict[str, Union], problems: Problems) -> None:
    for slug, union in list(unions.items()):
        parent = unions.get(union.parent or "")
        if parent is None or union.level not in _RANK:
            continue
        below = _RANK[union.level]
        # An enterprise or an industry has no rank: only its like may stand under it.
        above = _RANK.get(parent.level, len(_RANK))
        # A functional zone (经开区) is often counted among the level that it lies under.
        if above < below or (union.functional_zone and above == below):
            continue
        problems.tell(
            "union-level",
            f"unions/{slug}.md",
            f"A union of level {union.level} cannot stand under {parent.slug}, of level {parent.level}",
            "Correct level or parent: a parent is of a higher level.",
            place="parent",
        )
        del unions[slug]


def _cycles(unions: dict[str, Union], problems: Problems) -> None:
    done: set[str] = set()
    cycles: set[str] = set()
    for start in unions:
        way: list[str] = []
        at: str | None = start
        while at in unions and at not in done and at not in way:
            way.append(at)
            at = unions[at].parent
        if at in way:
            cycles.update(way[way.index(at) :])
        done.update(way)
    for slug in sorted(cycles):
        problems.tell(
            "union-cycle",
            f"unions/{slug}.md",
            f"{slug} stands under itself, by way of its parent {unions[slug].parent}",
            "Correct the parent of one of the unions in this circle.",
            place="parent",
        )
    for slug in cycles:
        del unions[slug]


def _orphans(unions: dict[str, Union], problems: Problems) -> None:
    while orphans := [slug for slug, union in unions.items() if union.parent and union.parent not in unions]:
        for slug in orphans:
            problems.tell(
                "union-parent",
                f"unions/{slug}.md",
                *problems.unknown_union(
                    unions[slug].parent or "", "Correct parent, or write the file of that union."
                ),
                place="parent",
            )
            del unions[slug]


def _successors(unions: dict[str, Union], problems: Problems) -> None:
    """A union that is no more leads past those who are not there."""
    for slug, union in unions.items():
        for successor in union.closure.successors if union.closure else ():
            if successor not in unions:
                problems.tell(
                    "union-successor",
                    f"unions/{slug}.md",
                    *problems.unknown_union(
                        successor, "Correct closure.successors, or write the file of that union."
                    ),
                    place="closure.successors",
                    severity="warning",
                )


_OF_LAND = (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWN)


def _regions(unions: dict[str, Union], problems: Problems) -> None:
    """GB/T 2260: the first two digits of a city's code are its province's, the first four of a county's its
    city's. Only told, since a province runs some counties itself and a zone may reach over a border."""
    for slug, union in unions.items():
        if not union.region_code or union.level not in _OF_LAND:
            continue
        above = unions.get(union.parent or "")
        while above is not None and not (above.region_code and above.level in _OF_LAND):
            above = unions.get(above.parent or "")
        if above is None:
            continue
        shared = above.region_code
        while shared.endswith("00"):
            shared = shared[:-2]
        if not union.region_code.startswith(shared):
            problems.tell(
                "union-region",
                f"unions/{slug}.md",
                f"The region_code {union.region_code} does not lie within that of {above.slug}, "
                f"{above.region_code}",
                f"Correct the one that is wrong: within it codes begin with {shared}. If the union really "
                "stands under another region's, leave it.",
                place="region_code",
                severity="warning",
            )
