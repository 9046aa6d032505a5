"""Releases: complete built sites that never change, and the one of them that is live.

    OUTPUT/
      releases/<union>/<id>/             one release; id = hash of its manifest. Its folders are links into:
      store/layers/<union>/<layer>/      the folders that one build made anew; see `layers`
      store/trees/<key>/                 folders that are the same on many sites (parts of the search index)
      .../.building-*/                   being written, or left by a killed build (swept by the next)
      manifests/<union>/<id>.json        path, hash and size of every file of it
      manifests/<union>/<id>.trees       which shared folders it has
      sites/<union> -> ../releases/<union>/<id>      what is live; replaced by a rename
      store/<aa>/<hash>                  media and theme assets, one copy for all releases (hard links)
      locks/                             one lock a site, one for store/
    DATA/
      builds/<union>.json                what is known of the last build (`state.BuildState`), private
      builds/<union>.pages.json          what each page was made from, so that the next build can keep it
      builds/<union>.parts               the same by name, to say why a page is made anew
      cache/search/records/<union>/      what search made of each record of a large site (`search.kept`)
      cache/search/records/-<union>/     the same of what its children inherit
      cache/at-rest.json                 what all sites were made from, so that nothing changed is told by it
      holds/<union>.json                 a rollback that holds against schedules
      locks/                             one lock a site, one for content/

A release is written beside, checked, flushed, renamed, and only then switched to: whoever reads
`sites/<union>` sees a complete old or a complete new site at every instant. To copy a site elsewhere, follow
the links (`cp -L`, `rsync -L`).
"""
