"""`/api/v1/`: the records of the live sites as JSON, for apps, mini programs and screens.

    GET /api/v1/records/?union=&kind=&topic=&audience=&place=&owner=&state=&since=&until=&q=&in=&page=&limit=
    GET /api/v1/records/<id>/?union=
    GET /api/v1/records/<id>/receipts/?union=&state=&q=&page=&limit=
    GET /api/v1/openapi.json, /api/v1/docs

Each record is exactly the `index.json` that lies beside its page. With `union`, it is the record as that
union's site shows it (slots filled, editions applied); without, as its owner's site does. Requests carry
`Authorization: Bearer <token>`; every error is JSON: `{"detail": ...}`. Who asks too often is answered 429,
with Retry-After in seconds (`limits.py`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError, Throttled
from ninja.responses import Response
from ninja.security import HttpBearer
from pydantic import Field

from cms.api.catalogue import Catalogue, LiveSite, Record
from cms.api.limits import PerAddress, PerToken, seconds
from cms.api.models import ApiToken
from cms.places import places
from cms.publishing import clock as clocks
from cms.publishing import receipts as record_receipts
from site_builder.errors import BuildError
from site_builder.plan import StateCode
from site_builder.records import BEIJING, Kind
from site_builder.release.carried import dated
from site_builder.release.receipts import StateName, pending_first
from site_builder.search.analysis import normalise
from site_builder.search.network_index import Answer, NetworkIndex, shared
from site_builder.search.network_index import Filters as Narrowed

log = logging.getLogger(__name__)

MOST_HITS = 1000
"""How many hits of `q` are considered; a reader who gets that far needs another query."""


per_address, per_token = PerAddress(), PerToken()


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The documentation, which needs no token, for whom it is not asked too often."""

    @wraps(view)
    def wrapped(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if per_address.allow_request(request):
            return view(request, *arguments, **named)
        return _too_often(request, Throttled(per_address.wait()))  # type: ignore[arg-type]

    return wrapped


class Bearer(HttpBearer):
    openapi_description = (
        "A token made in Wagtail (设置 > 接口令牌) or by `python -m django apitoken create`."
    )

    def __call__(self, request: HttpRequest) -> Any:
        """Of an address that asks too often no token is looked up."""
        if not per_address.allow_request(request):
            raise Throttled(per_address.wait())  # type: ignore[arg-type]  # seconds, as ninja's own throttles
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        known = ApiToken.objects.living(token)
        if known is not None:
            known.used()
        return known


api = NinjaAPI(
    title="UnionPress",
    version="1",
    description="What the live sites of the network show, as data. 全网已发布内容的数据接口。",
    urls_namespace="delivery-api",
    auth=Bearer(),
    throttle=per_token,
    docs_decorator=limited,
)


class FacetValue(Schema):
    value: str
    count: int


class RecordList(Schema):
    count: int = Field(description="how many records match, on all pages")
    page: int
    limit: int
    next: str | None = Field(description="address of the next page")
    previous: str | None
    results: list[dict[str, Any]] = Field(description="each as the index.json beside its page; newest first")
    facets: dict[str, list[FacetValue]] | None = Field(
        description="with `q` or `state`: for kind, topic, audience, place, state, owner and year how many "
        "of all that match have which value, the most frequent first; else null"
    )
    did_you_mean: str = Field(description="what was searched instead, as nothing has `q`; else empty")


class Fault(Schema):
    detail: str


class Filters(Schema):
    union: str = Field("", description="slug: the records on this union's site; empty: every union's own")
    kind: Kind | None = None
    topic: str = Field("", max_length=100)
    audience: str = Field("", max_length=100)
    place: str = Field("", max_length=100, description="words of a region: 青岛 is in 山东省青岛市平度市 too")
    owner: str = Field("", max_length=63, description="slug: only what this union wrote")
    state: StateCode | None = Field(None, description="where a record stands in its life, as its page says")
    since: date | datetime | None = Field(None, description="published at or after; a bare day in Beijing")
    until: date | datetime | None = Field(None, description="published before the end of this day, or at")
    q: str = Field("", max_length=200, description="search words; best first instead of newest first")
    where: Literal["all", "title"] = Field("all", alias="in", description="where the words of `q` must stand")
    page: int = Field(1, ge=1, le=100_000)
    limit: int = Field(20, ge=1, le=100)


FAULTS: dict[int, Any] = {401: Fault, 403: Fault, 404: Fault, 429: Fault, 503: Fault}
_catalogues: dict[str, Catalogue] = {}


def catalogue() -> Catalogue:
    """The catalogue of the OUTPUT that settings name; one per process, as it holds what it has read."""
    key = str(settings.UNIONPRESS_OUTPUT)
    return _catalogues.setdefault(key, Catalogue(settings.UNIONPRESS_OUTPUT))


@api.get("/records/", response={200: RecordList, **FAULTS}, summary="Records, newest first", tags=["records"])
def records(request: HttpRequest, filters: Annotated[Filters, Query()]) -> HttpResponse:
    sites = _sites(request, filters.union)
    if (same := _unchanged(request, sites)) is not None:
        return same
    scope = _scope(request, filters.union)
    answer = _search(filters, scope) if filters.q.strip() or filters.state else None
    found = _all(scope, sites) if answer is None else _live(answer, scope, sites)
    found = [record for record in found if _wanted(record, filters)]
    first = (filters.page - 1) * filters.limit
    document = {
        "count": len(found),
        "page": filters.page,
        "limit": filters.limit,
        "next": _page(request, filters.page + 1) if first + filters.limit < len(found) else None,
        "previous": _page(request, filters.page - 1) if filters.page > 1 else None,
        "results": found[first : first + filters.limit],
        "facets": None
        if answer is None
        else {
            name: [{"value": value, "count": count} for value, count in values]
            for name, values in answer.facets.items()
        },
        "did_you_mean": "" if answer is None else answer.did_you_mean,
    }
    return _answer(request, sites, document)


@api.get("/records/{uuid:record}/", response={200: dict, **FAULTS}, summary="One record", tags=["records"])
def record(request: HttpRequest, record: UUID, union: str = "") -> HttpResponse:
    sites = _sites(request, union)
    if (same := _unchanged(request, sites)) is not None:
        return same
    scope = _scope(request, union)
    candidates = [site.by_id[str(record)] for site in sites if str(record) in site.by_id]
    if not scope:
        # As its owner shows it; while the owner's site is not built yet, as any other does.
        homes = [found for found in candidates if _is_home(found, record, sites)]
        candidates = homes or candidates
    if not candidates:
        raise HttpError(404, f"no live record {record}" + (f" on the site of {scope}" if scope else ""))
    return _answer(request, sites, candidates[0])


class ReceiptFilters(Schema):
    union: str = Field("", description="slug: this site only")
    state: StateName | None = None
    q: str = Field("", max_length=200, description="words of a union's name")
    page: int = Field(1, ge=1, le=100_000)
    limit: int = Field(50, ge=1, le=500)


@api.get(
    "/records/{uuid:record}/receipts/",
    response={200: dict, **FAULTS},
    summary="Where a record is live, or why not",
    tags=["records"],
)
def receipts(request: HttpRequest, record: UUID, filters: Annotated[ReceiptFilters, Query()]) -> HttpResponse:
    """Every site that should carry the record, or still does. A union's token sees all sites of its own
    records, and of others' records its own site."""
    here = places()
    owner = _token(request).union
    found = record_receipts.report(here, clocks.read(here.data), record)
    found = record_receipts.narrowed(found, {owner} if owner else None)
    rows = list(found.rows)
    if not rows:
        raise HttpError(404, f"no record {record} is published or shown on a site that this token may see")
    listed = record_receipts.query(rows, filters.q, (filters.state,) if filters.state else ())
    listed = pending_first(row for row in listed if filters.union in ("", row.union.slug))
    first = (filters.page - 1) * filters.limit
    shown = [dated(here, row) for row in listed[first : first + filters.limit]]
    document = found.to_json(shown)
    document |= {
        "count": len(listed),
        "page": filters.page,
        "limit": filters.limit,
        "next": _page(request, filters.page + 1) if first + filters.limit < len(listed) else None,
        "previous": _page(request, filters.page - 1) if filters.page > 1 else None,
    }
    response = HttpResponse(orjson.dumps(document), content_type="application/json; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _is_home(found: Record, record: UUID, sites: list[LiveSite]) -> bool:
    return any(site.union == found["union"] and site.by_id.get(str(record)) is found for site in sites)


# --- whose records --------------------------------------------------------------------------------


def _token(request: HttpRequest) -> ApiToken:
    token: ApiToken = request.auth  # type: ignore[attr-defined]  # set by Bearer
    return token


def _scope(request: HttpRequest, union: str) -> str:
    """The union whose site is read; "" for the network."""
    return union or _token(request).union


def _sites(request: HttpRequest, union: str) -> list[LiveSite]:
    token = _token(request)
    if token.union and union not in ("", token.union):
        raise HttpError(403, f"this token reads the site of {token.union} only")
    scope = _scope(request, union)
    if not scope:
        return catalogue().all_sites()
    site = catalogue().site(scope)
    if site is None:
        raise HttpError(404, f"no live site of a union {scope!r}")
    return [site]


def _all(scope: str, sites: list[LiveSite]) -> list[Record]:
    if scope:
        return list(sites[0].records)
    own = (record for site in sites for record in site.own)
    return sorted(own, key=lambda record: (record["published"], record["id"]), reverse=True)


def _search(filters: Filters, scope: str) -> Answer:
    since, until = _start(filters.since), _end(filters.until)
    narrowed = Narrowed(
        union=scope or None,
        kind=filters.kind.value if filters.kind else None,
        topic=filters.topic,
        audience=filters.audience,
        place=filters.place,
        owner=filters.owner,
        state=filters.state,
        since=since.astimezone(BEIJING).date() if since else None,
        until=(until - timedelta(microseconds=1)).astimezone(BEIJING).date() if until else None,
        title=filters.where == "title",
    )
    try:
        return _index().find(filters.q, narrowed, MOST_HITS, snippets=False)
    except BuildError as error:
        log.warning("the API cannot search: %s", error)
        raise HttpError(
            503,
            "the search index is not there: it comes with the next build, or by unionpress search --rebuild",
        ) from error


def _live(answer: Answer, scope: str, sites: list[LiveSite]) -> list[Record]:
    """The records found. The index follows the sites by a moment: what is no longer live is left out."""
    by_union = {site.union: site for site in sites}
    homes = ((by_union.get(scope or hit.owner), hit.id) for hit in answer.hits)
    return [site.by_id[id] for site, id in homes if site is not None and id in site.by_id]


def _wanted(record: Record, filters: Filters) -> bool:
    """Whether the record is within the filters that it can be judged by itself."""
    since, until = _start(filters.since), _end(filters.until)
    published = datetime.fromisoformat(record["published"])
    return (
        (filters.kind is None or record["kind"] == filters.kind)
        and (since is None or published >= since)
        and (until is None or published < until)
        and (not filters.owner or record["union"] == filters.owner)
        and (not filters.topic or _among(filters.topic, record.get("topics")))
        and (not filters.audience or _among(filters.audience, record.get("audiences")))
        and (
            not filters.place
            or normalise(filters.place)
            in normalise(" ".join((record.get("region") or "", *record.get("regions", ()))))
        )
    )


def _among(label: str, labels: Iterable[str] | None) -> bool:
    return normalise(label) in map(normalise, labels or ())


# --- dates, pages, caching ------------------------------------------------------------------------


def _start(value: date | datetime | None) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=BEIJING)
    return datetime.combine(value, time(), BEIJING)


def _end(value: date | datetime | None) -> datetime | None:
    start = _start(value)
    if start is None:
        return None
    return start + (timedelta(microseconds=1) if isinstance(value, datetime) else timedelta(days=1))


def _page(request: HttpRequest, number: int) -> str:
    query = {**request.GET.dict(), "page": str(number)}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _index() -> NetworkIndex:
    return shared(settings.UNIONPRESS_DATA / "search")


def _etag(request: HttpRequest, sites: Iterable[LiveSite]) -> str:
    """What an answer depends on: the address asked, the releases that are live, and the search index, which
    follows them by a moment."""
    state = hashlib.sha256(f"{request.build_absolute_uri()}\n{_index().commit()}".encode())
    for site in sites:
        state.update(f"\n{site.union} {site.release}".encode())
    return f'"{state.hexdigest()[:32]}"'


def _unchanged(request: HttpRequest, sites: list[LiveSite]) -> HttpResponse | None:
    # A proxy that compresses makes a strong tag a weak one (RFC 9110, 13.1.2: compared as weak).
    known = {tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))}
    if _etag(request, sites) not in known:
        return None
    return _cached(HttpResponse(status=HTTPStatus.NOT_MODIFIED), request, sites)


def _answer(request: HttpRequest, sites: list[LiveSite], document: Any) -> HttpResponse:
    data = orjson.dumps(document)
    return _cached(HttpResponse(data, content_type="application/json; charset=utf-8"), request, sites)


def _cached(response: HttpResponse, request: HttpRequest, sites: list[LiveSite]) -> HttpResponse:
    response["ETag"] = _etag(request, sites)
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization"
    return response


@api.exception_handler(Throttled)
def _too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
    wait = seconds(error.wait)
    said = f"too many requests: ask again in {wait} s, and less often"
    return Response({"detail": said}, status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": wait})


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("the API failed at %s, %s", request.path, datetime.now(UTC).isoformat())
    return Response({"detail": "the server failed; its log names the reason"}, status=500)
