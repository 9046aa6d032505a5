"""The `unionpress` command. Commands come from the entry-point group `unionpress.commands`.

Exit status: 0 done; 1 done for the rest, but some site or record failed, and each is named; 2 wrong usage.
With `--json` one JSON document goes to standard output and nothing else; all else goes to standard error.
"""

from __future__ import annotations

import errno
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Self, TypeVar

import click
import orjson

from site_builder import locks, network
from site_builder.errors import BuildError, UsageError
from site_builder.release import content_lock
from site_builder.release.report import UNNOTED, Places, SiteReport
from site_builder.times import BEIJING, FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from rich.progress import Progress
    from rich.table import Table

    from site_builder.content_store import Content
    from site_builder.progress import Bar
    from site_builder.records import Problem

GROUP = "unionpress.commands"

_REMEDIES = {
    errno.ENOSPC: "Make room there (--content, --data and --output name the folders)",
    errno.EDQUOT: "Make room there (--content, --data and --output name the folders)",
    errno.EROFS: "Nothing can be written there: name another folder with --data or --output",
    errno.EACCES: "Give this user the right to use it, or name another folder",
    errno.EPERM: "Give this user the right to use it, or name another folder",
    errno.ENOTDIR: "A file stands where a folder is meant: name another",
}
_REMEDY = "Look at what lies there, and at the options that name folders"

_SENTENCE = 200
"""Characters of a command's first sentence that `unionpress --help` shows."""
_TABLE_WIDTH = 160
"""Of a table that goes into a file or another program: no row of those there are breaks."""

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def _stopping() -> Iterator[None]:
    """Click itself would say Aborted! and leave with 1."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


class CommandGroup(click.Group):
    """Loads a command when it is run, so that `unionpress build` never imports Django.

    Commands whose package is not installed (Wagtail's, where only sites are built) are not there.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(name for name in self._known() if self.get_command(context, name))

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in self.commands:  # to ask every installed package takes a while
            return self.commands[name]
        known = self._known()
        if name not in known:
            return None
        try:
            command = known[name].load()
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] == "site_builder":
                raise
            return None
        return command if isinstance(command, click.Command) else None

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with its whole first sentence: Click would cut it to what fits on the line."""
        commands = ((name, self.get_command(context, name)) for name in self.list_commands(context))
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(_SENTENCE)) for name, each in commands if each]
            )

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        """Ctrl-C ends any command as it ends others: quietly, with status 130. Help is shown here."""
        with _stopping():
            return super().make_context(*arguments, **options)

    def invoke(self, context: click.Context) -> Any:
        with _stopping():
            return super().invoke(context)

    @staticmethod
    def _known() -> dict[str, EntryPoint]:
        from importlib.metadata import entry_points  # noqa: PLC0415 - loads what reads e-mail

        return {entry.name: entry for entry in entry_points(group=GROUP)}


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="unionpress")
def main() -> None:
    """From a newsroom's records to the sites of every union. 从稿件到每一家工会的网站。"""


# --- what commands share --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Folders:
    """The three folders every command works on, and the themes."""

    content: Path
    data: Path
    output: Path
    themes: Path

    def inside_content(self) -> Path | None:
        """The folder of runtime data that lies where content is read, if one does."""
        content = self.content.resolve()
        return next(
            (path for path in (self.output, self.data) if path.resolve().is_relative_to(content)), None
        )

    def need_data(self) -> None:
        """Raises click.UsageError where nothing was ever built."""
        if not self.data.is_dir():
            raise click.UsageError(
                f"there is no folder {self.data}, where builds keep their notes: name that of this network "
                "with --data, or build its sites first (unionpress build)"
            )

    @property
    def places(self) -> Places:
        return Places(*(path.resolve() for path in (self.content, self.data, self.output, self.themes)))


def folders(command: Callable[Concatenate[Folders, P], R]) -> Callable[..., R]:
    """Give a command `--content`, `--data`, `--output` and `--themes`, as one `Folders`."""

    @click.option("--content", type=click.Path(path_type=Path), default=Path("content"), show_default=True,
                  envvar="UNIONPRESS_CONTENT", help="The records and unions to build from.")  # fmt: skip
    @click.option(
        "--data",
        type=click.Path(path_type=Path),
        default=Path("var"),
        show_default=True,
        envvar="UNIONPRESS_DATA",
        help="Where builds keep their notes, caches and locks.",
    )
    @click.option(
        "--output",
        type=click.Path(path_type=Path),
        default=None,
        envvar="UNIONPRESS_OUTPUT",
        help="Where sites lie.  [default: DATA/output]",
    )
    @click.option(
        "--themes",
        type=click.Path(path_type=Path, file_okay=False, exists=True),
        default=network.THEMES,
        envvar="UNIONPRESS_THEMES",
        help="Where themes lie.  [default: those of the program]",
    )
    @wraps(command)
    def wrapped(
        *arguments: Any, content: Path, data: Path, output: Path | None, themes: Path, **options: Any
    ) -> R:
        places = Folders(content, data, output or data / "output", themes)
        if inside := places.inside_content():
            raise click.UsageError(
                f"{inside} lies in the content folder {content}: name another with --data or --output, since "
                "whatever lies among content is read as content"
            )
        return command(places, *arguments, **options)

    return wrapped


def built_folders(command: Callable[Concatenate[Folders, P], R]) -> Callable[..., R]:
    """`folders`, for a command that looks at what was built: it makes no DATA where there is none.

    To be used above `reporting`.
    """

    @folders
    @wraps(command)
    def wrapped(places: Folders, *arguments: P.args, **options: P.kwargs) -> R:
        places.need_data()
        return command(places, *arguments, **options)

    return wrapped


def reporting(command: Callable[P, R]) -> Callable[P, R]:
    """Turn this package's errors into messages and exit statuses, and under `--json` into its document."""

    @wraps(command)
    def wrapped(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            return command(*arguments, **options)
        except UsageError as error:
            raise click.UsageError(str(error)) from error
        except BuildError as error:
            say(f"error: {error}")
            ended = {"code": error.code, "message": str(error)}
        except OSError as error:
            if error.errno == errno.EPIPE and _nobody_reads():
                raise  # `unionpress search 夜校 | head`: Click ends quietly
            place = f"{error.filename}: " if error.filename else ""
            message, remedy = f"{place}{error.strerror or error}", _REMEDIES.get(error.errno or 0, _REMEDY)
            say(f"error: {message}. {remedy}")
            ended = {"code": "disk", "message": message, "action": remedy}
        if options.get("json"):
            from site_builder.records import Problem  # noqa: PLC0415 - as in `read`

            print_json({"problems": [Problem(**ended).model_dump(mode="json")]})
        sys.exit(1)

    return wrapped


def _nobody_reads() -> bool:
    """Whether the program that was to take what this one prints has gone."""
    streams = select.poll()
    for handle in (1, 2):
        streams.register(handle, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in streams.poll(0))


as_json = click.option("--json", "json", is_flag=True, help="One JSON document on standard output.")


def moment(value: str) -> datetime:
    """An ISO 8601 moment; without a zone it is Beijing's."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is no moment: write 2025-04-08T09:00+08:00") from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise click.BadParameter(f"{value!r}: sites are built for the years {FIRST_YEAR} to {LAST_YEAR}")
    return found if found.tzinfo else found.replace(tzinfo=BEIJING)


def counted(number: int, one: str, many: str = "") -> str:
    """1 site, 3 sites; `many` where that is not `one` with an s."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def say(text: str) -> None:
    click.echo(text, err=True)


def print_json(document: Any) -> None:
    click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


def print_table(table: Table) -> None:
    """As wide as the terminal, where there is one. What stands in a cell is shown as it is written."""
    from rich.console import Console  # noqa: PLC0415 - `build` has no use for it

    width = None if sys.stdout.isatty() else _TABLE_WIDTH
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)


def describe(problem: Problem, union: str = "") -> str:
    return f"{problem.severity}: {union + ': ' if union else ''}{problem}"


def read(places: Places) -> Content:
    """The content, as `build` would read it at this moment. Makes no DATA: reading leaves nothing behind."""
    from site_builder import choosing  # noqa: PLC0415 - loads all records, for which `build` need not wait

    if not places.data.is_dir():
        with locks.folder_shared(places.content):
            return choosing.read_content(places, keep=False)
    with content_lock.shared(places):
        return choosing.read_content(places)


# --- build ----------------------------------------------------------------------------------------


@main.command()
@click.argument("unions", nargs=-1, metavar="[UNION]...")
@click.option(
    "--due", is_flag=True, help="Only sites whose schedule or whose content's next moment has come."
)
@click.option(
    "--as-of",
    type=moment,
    metavar="ISO8601",
    default=None,
    help="The moment for which to build.  [default: now]",
)
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="Processes.  [default: one a core]")
@click.option("--full", is_flag=True, help="Make every page anew, and end the hold of a rollback.")
@click.option("--explain", is_flag=True, help="Say for each page why it was made anew.")
@as_json
@folders
@reporting
def build(
    places: Folders,
    unions: tuple[str, ...],
    due: bool,
    as_of: datetime | None,
    jobs: int | None,
    full: bool,
    explain: bool,
    json: bool,
) -> None:
    """Build the sites of UNIONs (none named: of all) and make them live. 生成站点并上线。

    --json prints `as_of`, `seconds` and `sites`; `problems` besides, where there are some of no site that was
    built: a union whose file is wrong, a site whose union is gone.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with BuildProgress() as progress:
            report = network.build(
                places.content,
                places.data,
                places.output,
                unions,
                as_of=as_of,
                jobs=jobs,
                due=due,
                full=full,
                explain=explain,
                themes=places.themes,
                progress=progress.site_done,
            )
    except KeyboardInterrupt:
        say("Stopped. What is live is complete; the next build finishes the rest.")
        sys.exit(130)
    if json:
        print_json(report.to_json())
    else:
        _print_report(report, explain=explain)
    sys.exit(1 if report.has_errors else 0)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


class Showing:
    """Shows a bar as long as a block lasts; where standard error is no terminal there is none."""

    _bar: Bar | Progress | None = None

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()


class BuildProgress(Showing):
    """A bar on a terminal, lines otherwise; both say how fast it goes and how long it will yet take."""

    _bar: Bar | None = None

    def __init__(self) -> None:
        self._pace = Pace()
        if sys.stderr.isatty():
            from site_builder.progress import Bar  # noqa: PLC0415 - loads Rich, which a log has no use for

            self._bar = Bar("sites")

    def site_done(self, report: SiteReport, done: int, total: int) -> None:
        pace = self._pace.of(report, done, total)
        if self._bar:
            self._bar.show(report.union, done, total, pace)
        else:
            say(f"[{done}/{total}{', ' * bool(pace)}{pace}] {_summary(report)}")


TOGETHER_SECONDS = 0.02
"""Sites of which one is told no later than this after the other were made live together."""


class Pace:
    """How many sites a second are done and how long the rest takes at that rate, in words.

    Sites of which nothing changed come first and take next to no time: they say nothing of the rest. Others
    are told several at once, so the rate is that up to the last time some were.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = self._last = clock()
        self._before = self._done = 0
        self._working = False
        self._rate = 0.0

    def of(self, report: SiteReport, done: int, total: int) -> str:
        """Told of each site when it is done; empty while nothing can be said."""
        now = self._clock()
        if not self._working:
            self._working = report.failed or report.switched or report.rendered > 0
            if not self._working:
                self._begun, self._before = now, done
        elif now - self._last > TOGETHER_SECONDS:
            self._rate = (self._done - self._before) / (self._last - self._begun)
        self._last, self._done = now, done
        if not self._rate:
            return ""
        left = (total - done) / self._rate
        return f"{self._rate:.1f}/s, {f'{left:.0f} s' if left < 90 else f'{left / 60:.0f} min'} left"


def _summary(report: SiteReport) -> str:
    if any(problem.code == UNNOTED for problem in report.problems):
        return f"{report.union}: live, but this could not be noted"
    if report.failed:
        return f"{report.union}: failed; the live site is unchanged"
    state = "live" if report.switched else "unchanged"
    release = (report.release or "none")[:8]
    pages = counted(report.pages, "page")
    return f"{report.union}: {pages}, {report.rendered} made anew, release {release} {state}"


def _print_report(report: network.Report, *, explain: bool) -> None:
    for site in report.sites:
        for path, why in (site.reasons or ()) if explain else ():
            click.echo(f"{site.union} {path}: {why}")
    for site in report.sites:
        print_problems(site.problems, site.union)
    print_problems(report.problems)
    pages = sum(site.pages for site in report.sites)
    rendered = sum(site.rendered for site in report.sites)
    live = sum(site.switched for site in report.sites)
    click.echo(
        f"{counted(len(report.sites), 'site')}, {counted(pages, 'page')}, {rendered} made anew, "
        f"{counted(live, 'site')} switched, "
        f"as of {report.as_of.isoformat(timespec='minutes')}, in {report.seconds:.1f} s"
    )


def print_problems(problems: Iterable[Problem], union: str = "") -> None:
    for problem in problems:
        say(describe(problem, union))
