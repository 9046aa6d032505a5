"""Every site of a network on one port of this machine, and a page that shows them as a tree.

For looking at and working with; in production a web server serves `OUTPUT/sites/<union>`.
"""

from site_builder.serving.server import (
    SECURITY_HEADERS,
    TYPES,
    SiteServer,
    content_policy,
    content_type,
    serve,
)

__all__ = ["SECURITY_HEADERS", "TYPES", "SiteServer", "content_policy", "content_type", "serve"]
