"""What an editor is told of a text before it is public: `site_builder.proofing` beside the draft.

proofs     the findings of a draft, without those that somebody confirmed
gate       a sure find (identity card, bank card) is confirmed or removed before anything is published
panels     the side panel 校对, made anew with each draft that saves itself
views      the screen on which a finding is confirmed, and the report of one's own unions
"""
