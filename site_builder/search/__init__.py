"""Search: one analysis, a static index for readers without a server, a Whoosh index for the network.

Data flows: a SitePlan -> documents.documents -> static_index.build (read by themes/base/scripts/search/ in
the browser and by static_query in Python) and network_index.NetworkIndex. Only this package imports whoosh.
"""
