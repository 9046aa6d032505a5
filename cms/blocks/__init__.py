"""The pieces a screen is made of: values (a figure, a contact...), body blocks, fields for lists.

Every value block has the name and the fields of its class in `site_builder.records`, and is validated by
that class; every body block has the name of a block in `site_builder.body`. So what can be saved here can
be exported, and the other way round.
"""
