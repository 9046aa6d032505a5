"""What a web server must be told to serve a whole network: `unionpress hosting nginx` and `... caddy`.

    hosts     the unions' addresses -> one block a host name, with what lies at which path of it
    nginx     -> a file for /etc/nginx/conf.d/
    caddy     -> a Caddyfile

Written anew whenever unions come, go or move; nothing in it changes when a site is built.
"""

from site_builder.hosting.hosts import Host, Serving, Site, hosts

__all__ = ["Host", "Serving", "Site", "hosts"]
