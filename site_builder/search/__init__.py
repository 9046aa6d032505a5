"""Search: one analysis, a static index for readers without a server, a Whoosh index for the network.

Data flows: a SitePlan -> documents.documents -> static_index.build (read by themes/base/scripts/search/ in
the browser and by static_query in Python) and network_index.NetworkIndex. Only this package imports whoosh.
"""

RECORDS = "records"
"""In DATA/cache/search the folder of what is kept of large sites, a folder for each; beside it lies a file
for each part of an index, which has its key for a name."""
UPPER = "-"
"""Before the slug of a union: what its children are required to carry, which no site has alone."""
