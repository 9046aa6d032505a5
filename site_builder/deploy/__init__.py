"""Finished sites to where readers find them: `unionpress deploy`.

    addresses    a target's URL -> Address; the file that says which union goes where
    travel       what differs between a release and a target, and in which order it travels
    headers      the content type and the caching of every file
    port         what a place must be able to do: read, write, put, remove, list
    local, sftp, rsync, s3    the places
    lease        one deployer at a time
    layouts      files in place, or release folders with one symbolic link
    site         one release to one target
    run          many sites: which, in parallel, what became of them
    progress     what a person sees meanwhile
    delivered    receipts: whether a target has of a record what it should

A target keeps what was deployed last (`.unionpress/state.json`), written when all else is done. So only what
differs from it travels, a cut connection costs what was under way, and only what was once deployed from here
is ever deleted.
"""

from site_builder.deploy.addresses import Address, Targets, address, read_targets
from site_builder.deploy.run import Report, deploy, due

__all__ = ["Address", "Report", "Targets", "address", "deploy", "due", "read_targets"]
