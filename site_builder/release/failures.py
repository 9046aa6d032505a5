"""What went wrong with one site, as a problem whose words say what to do: never more than that one site's."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable

from site_builder.content_store import union_path
from site_builder.errors import BuildError, ContentError
from site_builder.records import Problem

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_STAYS = "the live site is unchanged"

logger = logging.getLogger(__name__)


def guarded(union: str, work: Callable[[], object]) -> Problem | None:
    """What went wrong in `work`, if something did, in words for whoever can do something about it."""
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
        refused = error.errno in _REFUSED
        # Of a link and of a rename the second name is the one that was to be made.
        place = {"file": str(name)} if (name := error.filename2 or error.filename) else {}
        return Problem(
            code="disk-refused" if refused else "disk",
            message=f"the site could not be built: {error.strerror or error}",
            action=(
                f"Give the user who builds the right to read and write there; {_STAYS}"
                if refused
                else f"Make room there, or look at what is wrong with it; {_STAYS}"
            ),
            **place,
        )
    except Exception as error:
        logger.exception("The build of %s failed", union)
        return Problem(
            code="internal-error",
            message=f"{type(error).__name__}: {error}",
            action=f"This is a fault of the program; {_STAYS}",
        )
    return None


def unnoted(failure: Problem) -> Problem:
    """The same of a release that is live, and of which only the notes are wanting."""
    changes = {
        "code": "build-unnoted",
        "message": f"the site is live as it was built now, but its build could not be noted: "
        f"{failure.message.rpartition(': ')[2]}",
        "action": "Make room there or correct the permissions; the next build looks at every page again",
    }
    return failure.model_copy(update=changes)
