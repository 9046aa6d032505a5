"""Pelican as the engine: planned files in, one site's folder out. The only place that imports Pelican.

files.py         every file a site consists of, and how each is made (no Pelican here)
fingerprints.py  what a page was made from, so that it is made again exactly when that changed
sink.py          where bytes go: a plain folder, or a release being built
feeds.py         Atom through Pelican's own feed writer
engine.py        PlanGenerator, ReleaseWriter, SitePelican, and the one function that runs them
plugin.py        what Pelican's setting PLUGINS names
settings.py      ordinary Pelican settings, and a pelicanconf.py made of them
"""
