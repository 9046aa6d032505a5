"""How many requests the API answers: of one address, before a token is looked up, and of one token.

Ninja's throttling, with another count than its own: `SimpleRateThrottle` keeps a list of moments on an
object that all threads of a server share, and writes it back whole, so that requests at once are lost and
the history of one client may become another's. Here a number in Django's cache is raised, one for each
stretch of time by the clock, which the cache of a process, Redis and Memcached do in one step. So a limit
holds for all processes that share the cache that settings name. Where a stretch ends and the next begins, a
client may have up to twice as much in a short while.
"""

from __future__ import annotations

import hashlib
import math
import time
from abc import ABC, abstractmethod

from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import SimpleRateThrottle


class Limit(SimpleRateThrottle, ABC):
    """So many requests a client and stretch of time; the rate is NINJA_DEFAULT_THROTTLE_RATES[scope].

    It keeps nothing but its rate: threads may share it.
    """

    @abstractmethod
    def client(self, request: HttpRequest) -> str:
        """Whose requests are counted together."""

    def allow_request(self, request: HttpRequest) -> bool:
        if self.num_requests is None or self.duration is None:  # no limit is set
            return True
        client = hashlib.sha256(self.client(request).encode()).hexdigest()[:32]
        key = f"api-{self.scope}-{client}-{int(time.time() // self.duration)}"
        cache.add(key, 0, self.duration)
        try:
            return cache.incr(key) <= self.num_requests
        except ValueError:  # the cache was full, and it was this that had to go
            return True

    def wait(self) -> float | None:
        """Seconds to the next stretch of time."""
        return None if self.duration is None else self.duration - time.time() % self.duration


class PerAddress(Limit):
    """By the address a request comes from, as the nearest of NINJA_NUM_PROXIES proxies noted it."""

    scope = "address"

    def client(self, request: HttpRequest) -> str:
        return self.get_ident(request) or ""


class PerToken(Limit):
    """By the token that a request carries: `Bearer` has found it."""

    scope = "token"

    def client(self, request: HttpRequest) -> str:
        return str(request.auth.pk)  # type: ignore[attr-defined]


def seconds(wait: float | None) -> str:
    """As Retry-After has it (RFC 9110, 10.2.3)."""
    return str(math.ceil(wait or 1))
