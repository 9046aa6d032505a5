"""What an editor should look at before a text is public: personal data, slips of the pen, doubtful numbers.

    of_record(record, ...)     the findings of one record, also of a draft
    of_content(content, ...)   those of every union, with the lines of their files

A finding stops nothing here, and no build asks for any: `unionpress check` and Wagtail do.
A rule that is wrong now and then is not read any more, so each says only what holds nearly always; what it
lets pass is a reader's to see. Rules are functions of one text in the module of their subject:

    privacy    numbers of identity cards and bank cards, mobiles, homes, number plates, names of the helped
    signs      punctuation (GB/T 15834), doubled words, brackets
    wording    words that are no words, from a short list
    numerals   numbers (GB/T 15835), dates, shares of a whole
    naming     a union's name with a slip in it
"""

from site_builder.proofing.finding import CERTAIN, CODES, PRIVACY, Finding, Language, fingerprint
from site_builder.proofing.records import of_content, of_record

__all__ = [
    "CERTAIN",
    "CODES",
    "PRIVACY",
    "Finding",
    "Language",
    "fingerprint",
    "of_content",
    "of_record",
]
