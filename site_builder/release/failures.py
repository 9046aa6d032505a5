"""What went wrong with one site, as a problem whose words say what to do: never more than that one site's."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from pathlib import Path

from site_builder.content_store import CHANGED, union_path
from site_builder.errors import BuildError, ContentError
from site_builder.records import Problem
from site_builder.release.report import UNNOTED

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_STAYS = "the live site is unchanged"

logger = logging.getLogger(__name__)


def guarded(union: str, work: Callable[[], object], content: Path | None = None) -> Problem | None:
    """What went wrong in `work`, if something did, in words for whoever can do something about it.

    `content` is the folder that was read for it: what went wrong because it is there no more is nobody
    else's fault.
    """
    try:
        work()
    except ContentError as error:
        return error.problem
    except BuildError as error:
        message = str(error).rstrip(".")
        place = (
            {"file": str(union_path(union)), "field": "site.theme"} if error.code == "theme-missing" else {}
        )
        if error.record is not None:
            place["record"] = str(error.record)
        return Problem(code=error.code, message=message, action="The live site is unchanged", **place)
    except OSError as error:
        if content is not None and _gone(content, error):
            return _changed(content, error)
        refused = error.errno in _REFUSED
        # Of a link and of a rename the second name is the one that was to be made.
        place = {"file": str(name)} if (name := error.filename2 or error.filename) else {}
        return Problem(
            code="disk-refused" if refused else "disk",
            message=f"the site could not be built: {error.strerror or error}",
            action=(
                f"Give the user who builds the right to read and write there; {_STAYS}"
                if refused
                else f"Make room {'there' if place else 'where DATA and OUTPUT lie'}, or look at what is "
                f"wrong with it; {_STAYS}"
            ),
            **place,
        )
    except Exception as error:
        if content is not None and not content.is_dir():
            return _changed(content, error)
        logger.exception("The build of %s failed", union)
        return Problem(
            code="internal-error",
            message=f"{type(error).__name__}: {error}",
            action=f"This is a fault of the program; {_STAYS}",
        )
    return None


def _gone(content: Path, error: OSError) -> bool:
    """Whether `error` is that of a file of `content` that is gone."""
    missing = error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)
    return not content.is_dir() or (missing and Path(str(error.filename)).is_relative_to(content))


def _changed(content: Path, error: Exception) -> Problem:
    what = error.filename if isinstance(error, OSError) and content.is_dir() else content
    return Problem(
        code=CHANGED,
        file=str(what),
        message="the content folder changed while the site was built: this is gone",
        action=f"Put it back if it was moved, then build again (a worker does by itself); {_STAYS}",
    )


def unnoted(failure: Problem) -> Problem:
    """The same of a release that is live, and of which only the notes are wanting."""
    changes = {
        "code": UNNOTED,
        "message": f"the site is live as it was built now, but its build could not be noted: "
        f"{failure.message.rpartition(': ')[2]}",
        "action": "Make room there or correct the permissions; the next build looks at every page again",
    }
    return failure.model_copy(update=changes)
