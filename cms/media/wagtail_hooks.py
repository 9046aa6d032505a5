"""What the screens of pictures and files offer."""

from __future__ import annotations

from cms.media import keeping, tags

keeping.install()
tags.install()
