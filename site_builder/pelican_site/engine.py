"""Pelican's side of a build: a generator that plans, a writer that renders or keeps, and who runs them.

Core Pelican gives each page a copy of the whole site's context, makes a Jinja environment for every
generator, logs and goes on when a plugin or a page fails, and prints to standard output. So SitePelican
goes through Pelican's own stages and signals with only the generators that plugins name, and stops at
the first failure. Settings, plugins, signals and the feed writer are Pelican's.
"""

from __future__ import annotations

import io
import locale
import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol, cast
from uuid import UUID

_logger_class = logging.getLoggerClass()
_root_class = logging.getLogger().__class__

import orjson  # noqa: E402
from pelican import Pelican  # noqa: E402
from pelican.plugins import signals  # noqa: E402
from pelican.settings import read_settings  # noqa: E402
from pelican.writers import Writer  # noqa: E402

from site_builder import content_store, paths  # noqa: E402
from site_builder.contexts import Page  # noqa: E402
from site_builder.errors import BuildError, blaming  # noqa: E402
from site_builder.halves import Rendered  # noqa: E402
from site_builder.pages.basis import Bases  # noqa: E402
from site_builder.pelican_site import files as site_files  # noqa: E402
from site_builder.pelican_site.feeds import Feed, FeedEntry, SiteFeed  # noqa: E402
from site_builder.pelican_site.files import (  # noqa: E402
    PlannedBytes,
    PlannedFeed,
    PlannedFile,
    PlannedKept,
    PlannedMedia,
    PlannedPage,
    PlannedRecord,
    PlannedSearch,
    PlannedTree,
    Site,
    SiteFiles,
)
from site_builder.pelican_site.fingerprints import (  # noqa: E402
    Fingerprints,
    code_version,
    links_of,
    reason,
)
from site_builder.pelican_site.settings import settings as site_settings  # noqa: E402
from site_builder.pelican_site.shares import put_all  # noqa: E402
from site_builder.pelican_site.sink import FolderSink, SharedSink, Sink  # noqa: E402
from site_builder.plan import plan  # noqa: E402
from site_builder.records import BaseRecord, Kind  # noqa: E402
from site_builder.render import Bundle  # noqa: E402

_FINGERPRINTS = Fingerprints()
"""One for the process: sites share cards and records."""

# Importing pelican makes every logger of the process drop repeated messages: not for other people's loggers.
logging.setLoggerClass(_logger_class)
logging.getLogger().__class__ = _root_class


class PartsOfPages(Protocol):
    def get(self, page: str, /) -> Mapping[str, str] | None:
        """The parts of one page."""


@dataclass(frozen=True, slots=True)
class Known:
    """The previous release, as far as it can be kept."""

    engine: str
    ground: str
    pages: Mapping[str, Sequence[str]]
    """By path what the page was made from, its basis, and what is not read here."""
    whole: bool
    """Whether nothing of what it knew of pages had to be left out."""
    parts: Callable[[], PartsOfPages]
    """Reads of what each page was made, by name, to say why one is made anew."""


def _nothing(path: str, page: Rendered) -> None:
    """Nobody asks."""


@dataclass(slots=True)
class Job:
    """One run of Pelican over one site; the counts and fingerprints are its result."""

    site: Site
    sink: Sink
    known: Known | None = None
    processes: int = 1
    """That may make the pages of a large site; more than one only with a sink that several can fill."""
    explain: bool = True
    """Whether it is told why each page was made anew: to find that out takes its time."""
    planned: SiteFiles | None = None
    ground: str = ""
    bases: dict[str, str] = field(default_factory=dict)
    """By the path of each record's page."""
    rendered: int = 0
    kept: dict[str, Sequence[str]] = field(default_factory=dict)
    """What is known of each page taken over, by its path."""
    keys: dict[str, str] = field(default_factory=dict)
    """The fingerprint of each page made anew; with the bases it is what the next build knows."""
    parts: dict[str, bytes] = field(default_factory=dict)
    """Of what each page was made that was made anew, as JSON, by its path."""
    reasons: list[tuple[str, str]] = field(default_factory=list)
    outline: Callable[[str, Rendered], Any] = _nothing
    """What is to be known of each HTML page after it was rendered, when the page itself is no more there."""
    outlines: dict[str, Any] = field(default_factory=dict)
    """The same by path, of the pages that were rendered."""
    _parts: PartsOfPages | None = None

    def forget(self) -> None:
        """Let go of contexts and outlines, which nobody needs once links are checked."""
        self.outlines = {}
        self.outline = _nothing
        self.known = self._parts = None
        if self.planned is not None:
            self.planned = replace(self.planned, files=())

    # --- filled by several processes, each its part ---

    def part(self) -> None:
        self.rendered = 0
        self.kept, self.keys, self.bases, self.parts, self.outlines = {}, {}, {}, {}, {}
        self.reasons = []

    def told(self) -> tuple[Any, ...]:
        return self.rendered, self._tables(), self.reasons

    def add(self, told: tuple[Any, ...]) -> None:
        rendered, tables, reasons = told
        self.rendered += rendered
        for mine, theirs in zip(self._tables(), tables, strict=True):
            mine.update(theirs)
        self.reasons += reasons

    def _tables(self) -> tuple[dict[str, Any], ...]:
        return self.kept, self.keys, self.bases, self.parts, self.outlines

    def why(self, path: str, page: Page, parts: bytes) -> str:
        """Why the page at `path` is made anew, of `parts` as JSON."""
        if self.known is None or path not in self.known.pages:
            return "new page"
        if self._parts is None:
            self._parts = self.known.parts()
        record = getattr(page, "record", None)
        return reason(
            self._parts.get(path) or {},
            orjson.loads(parts),
            same_engine=self.known.engine == self.site.bundle.hash,
            name=self._name_of(record["id"]) if record and "id" in record else "",
            name_of=self._name_of,
            links=links_of(page),
        )

    def _name_of(self, id: str) -> str:
        """What people call a record that the site shows or that a page of it listed; "" if it is no more."""
        key = UUID(id)
        item = self.site.plan.by_id.get(key)
        record: BaseRecord | None = item.record if item else self.site.content.records.get(key)
        return f"{record.kind} 《{record.title}》" if record else ""


@lru_cache(maxsize=20_000)
def _pages_of(path: str) -> tuple[str, str, str]:
    """The page of a record, and what templates make beside it: its QR code and its poster."""
    return f"{path[1:]}index.html", paths.qr_path(path)[1:], paths.poster_path(path)[1:]


class PlanGenerator:
    """Lists the files of the site and hands them to the writer. No readers, no Jinja environment."""

    def __init__(self, context: dict[str, Any], settings: dict[str, Any], **options: Any) -> None:
        self.context = context
        self.settings = settings
        self.job = cast("Job", settings["UNIONPRESS_JOB"])
        signals.generator_init.send(self)

    def generate_context(self) -> None:
        site = self.job.site
        bases = self._bases()
        self.job.planned = site_files.planned(
            site, unchanged=self._unchanged(bases), bases=bases, known=self._known_groups()
        )
        # What the content says now counts, also where a pelicanconf.py was written earlier.
        self.context["SITENAME"] = site.plan.union.name
        self.context["SITEURL"] = self.context["FEED_DOMAIN"] = site.plan.union.site.base_url

    def _bases(self) -> dict[int, str]:
        """The bases of all records, by their numbers."""
        site = self.job.site
        bases = Bases(site.plan, site.content, site.cache)
        return {item.entry.number: bases.of(item) for item in site.plan.items}

    def _unchanged(self, bases: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
        """The records whose pages, by ground and basis, cannot be others than in the previous release.

        With the paths of these pages.
        """
        job, site = self.job, self.job.site
        job.ground = site_files.ground(site, code_version())
        same = job.known is not None and job.known.ground == job.ground
        known = job.known.pages if job.known is not None and same else {}
        found: dict[int, tuple[str, ...]] = {}
        for item in site.plan.items:
            page, code, poster = _pages_of(item.path)
            number = item.entry.number
            basis = job.bases[page] = bases[number]
            before = known.get(page)
            if before is None or not basis or before[1] != basis or item.record.kind is Kind.COLLECTION:
                continue
            found[number] = (
                (page, code, poster)
                if code in known and poster in known
                else tuple(path for path in (page, code, poster) if path in known)
            )
        return found

    def _known_groups(self) -> dict[str, list[str]]:
        """By the bases of groups of pages their files in the previous release, if that is whole."""
        known, found = self.job.known, dict[str, list[str]]()
        if known is not None and known.whole and known.ground == self.job.ground:
            for path, note in known.pages.items():
                if note[1].startswith(site_files.GROUP):
                    found.setdefault(note[1], []).append(path)
        return found

    def generate_output(self, writer: ReleaseWriter) -> None:
        job, planned = self.job, self.job.planned
        assert planned is not None, "generate_context comes first"
        shared = (job, job.sink) if isinstance(job.sink, SharedSink) else ()
        put_all(planned.files, partial(self._put, writer=writer), shared, job.processes if shared else 1)
        if job.reasons:
            order = {path: place for place, path in enumerate(planned.ahead())}
            job.reasons.sort(key=lambda row: order[row[0]])

    def _put(self, file: PlannedFile, *, writer: ReleaseWriter) -> None:
        match file:
            case PlannedPage(path, page, basis):
                if basis:
                    self.job.bases[path] = basis
                writer.write_page(path, page)
            case PlannedRecord(record):
                with blaming(record):
                    for one in file.make():
                        self._put(one, writer=writer)
            case PlannedSearch():
                for piece in file.make():
                    self._put(piece, writer=writer)
            case PlannedFeed(path, make, basis):
                if not writer.keep_by_basis(path, basis):
                    writer.write_site_feed(path, make(), self.context)
            case PlannedMedia(path, source):
                writer.write_media(path, source)
            case PlannedBytes():
                writer.write_bytes(file)
            case PlannedTree(path, key, files):
                self.job.sink.tree(path, key, files)
            case PlannedKept(kept):
                writer.keep_all(kept)


class ReleaseWriter(Writer):  # type: ignore[misc]
    """Puts every planned file into the job's sink; a page of known fingerprint is kept, not rendered."""

    def __init__(self, output_path: str, settings: dict[str, Any]) -> None:
        super().__init__(output_path, settings)
        self.job = cast("Job", settings["UNIONPRESS_JOB"])
        self._fingerprints = _FINGERPRINTS
        self._feed: Feed | None = None

    def write_page(self, path: str, page: Page) -> None:
        job = self.job
        fingerprint = self._fingerprints.of(page)
        is_html = path.endswith(".html")
        known = job.known.pages.get(path) if job.known else None
        same_engine = job.known is not None and job.known.engine == job.site.bundle.hash
        if known and same_engine and known[0] == fingerprint.key and job.sink.keep(path):
            job.kept[path] = (known[0], job.bases.get(path, ""), *known[2:])
            return
        job.keys[path] = fingerprint.key
        job.parts[path] = fingerprint.parts
        rendered = job.site.bundle.rendered(page)
        job.sink.write(path, rendered.data)
        job.rendered += is_html
        if is_html:
            job.outlines[path] = job.outline(path, rendered)
            if job.explain:
                job.reasons.append((path, job.why(path, page, fingerprint.parts)))

    def keep_all(self, paths: Collection[str]) -> None:
        job = self.job
        job.sink.keep_all(paths)
        known = job.known.pages if job.known else {}
        job.kept |= {path: known[path] for path in paths if path in known}

    def keep_by_basis(self, path: str, basis: str) -> bool:
        """Take over a file of which ground and basis say that it is what it was."""
        job = self.job
        job.bases[path] = basis
        known = job.known.pages.get(path) if job.known and job.known.ground == job.ground else None
        if known and basis and known[1] == basis and job.sink.keep(path):
            job.kept[path] = known
            return True
        job.keys[path] = ""
        return False

    def write_bytes(self, file: PlannedBytes) -> None:
        if file.basis and self.keep_by_basis(file.path, file.basis):
            return
        self.job.sink.write(file.path, file.make(), shared=file.shared)

    def write_media(self, path: str, source: Path) -> None:
        self.job.sink.copy(path, source)

    def write_site_feed(self, path: str, feed: Feed, context: dict[str, Any]) -> None:
        """A feed by way of Pelican's `write_feed`, whose three steps below are filled for our entries."""
        self._feed = feed
        self.write_feed(feed.entries, context, path=path, feed_title=feed.title)

    def write_file(self, *arguments: Any, **options: Any) -> None:
        """Core's way of writing pages, which nothing here uses: what is not planned is not written."""
        raise BuildError(f"a plugin wants to write {arguments[0]!r}, which the plan does not know")

    # --- the steps of Pelican's write_feed ---

    def _create_new_feed(self, feed_type: str, feed_title: str, context: dict[str, Any]) -> SiteFeed:
        assert self._feed is not None, "write_site_feed comes first"
        name = context["SITENAME"]
        title = f"{name} - {feed_title}" if feed_title else name
        return SiteFeed(feed=self._feed, title=title, site_url=self.site_url, feed_url=self.feed_url)

    def _add_item_to_the_feed(self, feed: SiteFeed, item: FeedEntry) -> None:
        feed.add(item)

    def _open_w(self, filename: str, encoding: str, override: bool = False) -> io.StringIO:
        path = Path(filename).relative_to(Path(self.output_path).absolute()).as_posix()
        return _Text(self.job.sink, path)


class _Text(io.StringIO):
    """A text file that goes to the sink when it is closed without an error."""

    def __init__(self, sink: Sink, path: str) -> None:
        super().__init__(newline="\n")
        self._sink = sink
        self._path = path

    def __exit__(self, kind: type[BaseException] | None, *rest: Any) -> None:
        if kind is None:
            self._sink.write(self._path, self.getvalue().encode())
        self.close()


class SitePelican(Pelican):  # type: ignore[misc]
    """Pelican with only the generators that plugins name, which stops when something fails.

    Works from `pelican -s pelicanconf.py` as well, where it reads the content itself.
    """

    def __init__(self, settings: dict[str, Any]) -> None:
        if "UNIONPRESS_JOB" not in settings:
            settings["UNIONPRESS_JOB"] = _job_of(settings)
        super().__init__(settings)

    def init_path(self) -> None:
        """Core puts the current folder on the import path; a content folder has no business there."""

    def run(self) -> None:
        context = self.settings.copy()
        context["generated_content"] = {}
        context["static_links"] = set()
        context["static_content"] = {}
        context["localsiteurl"] = self.settings["SITEURL"]
        generators = [
            generator(
                context=context,
                settings=self.settings,
                path=self.path,
                theme=self.theme,
                output_path=self.output_path,
            )
            for generator in self._get_generator_classes()
        ]
        for generator in generators:
            generator.generate_context()
        signals.all_generators_finalized.send(generators)
        writer = self._get_writer()
        for generator in generators:
            generator.generate_output(writer)
        signals.finalized.send(self)

    def _get_generator_classes(self) -> Sequence[type[Any]]:
        """Core's own generators have nothing to do here, and each would make a Jinja environment."""
        named = [kind for _, kind in signals.get_generators.send(self) if kind is not None]
        if PlanGenerator not in named:
            raise BuildError(f"the plugin of this site did not load; PLUGINS is {self.settings['PLUGINS']}")
        return named

    def _get_writer(self) -> ReleaseWriter:
        writer = super()._get_writer()
        if not isinstance(writer, ReleaseWriter):
            raise BuildError(f"a plugin put {type(writer).__name__} in the place of this site's writer")
        return writer


def _job_of(settings: dict[str, Any]) -> Job:
    """The job of a run that nobody prepared: `pelican` alone."""
    ours = settings["UNIONPRESS"]
    content = content_store.read(Path(settings["PATH"]))
    site = Site(
        content=content,
        plan=plan(content, ours["union"], datetime.fromisoformat(ours["as_of"])),
        bundle=Bundle.load(Path(settings["THEME"]).parent, Path(settings["THEME"]).name),
    )
    return Job(site, FolderSink(Path(settings["OUTPUT_PATH"])))


# --- running it from here -------------------------------------------------------------------------


class _Errors(logging.Handler):
    """Collects what Pelican logs as an error and then goes on from."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _contained() -> Iterator[_Errors]:
    """Keep Pelican's process-wide effects (locale, log handlers) to the time of one run."""
    errors = _Errors()
    logger = logging.getLogger("pelican")
    before = locale.setlocale(locale.LC_ALL)
    propagate = logger.propagate
    logger.addHandler(errors)
    logger.propagate = False
    try:
        yield errors
    finally:
        locale.setlocale(locale.LC_ALL, before)
        logger.removeHandler(errors)
        logger.propagate = propagate


def run(job: Job, *, content: Path, themes: Path, output: Path) -> None:
    """Build one site into the job's sink; `output` is the folder that the sink fills.

    Raises BuildError for whatever Pelican, a template or a plan says is wrong, OSError from the disk.
    """
    values = site_settings(
        job.site.plan.union, content=content, themes=themes, output=output, as_of=job.site.plan.as_of
    )
    with _contained() as errors:
        SitePelican(read_settings(override={**values, "UNIONPRESS_JOB": job})).run()
    if errors.messages:
        raise BuildError("; ".join(errors.messages), union=job.site.plan.union.slug, code="pelican-error")
