"""The folder `content/` <-> records. content/README.md is the definition of the format.

    unions/<slug>.md                    front matter: records.Union; body: 关于工会
    records/<union>/<kind>/<slug>.md    front matter: a record; body: site_builder.body
    adoptions/<union>.yaml              a list of records.Adoption
    media/<union>/<name>                a file, and beside it <name>.yaml: records.Media
    synonyms.yaml                       words that search takes for the same

`read` takes everything that can be used and says of everything else what is wrong and what to do. It
never raises for a bad file: an error leaves out what it names (a record, a union and what depends on it,
an adoption, a picture), a warning leaves out nothing. Writing is canonical and atomic; who writes holds
`locks.exclusive`, who reads holds `locks.shared`.
"""

from site_builder.content_store.canonical import (
    adoptions_path,
    adoptions_text,
    media_path,
    media_text,
    record_name,
    record_path,
    record_text,
    union_path,
    union_text,
)
from site_builder.content_store.files import CHANGED, SYNONYMS, is_media_name
from site_builder.content_store.formats import parse_adoptions, parse_media, parse_record, parse_union
from site_builder.content_store.reading import Content, media_file, read
from site_builder.content_store.synonyms import SynonymGroup, read_synonyms, synonyms_text
from site_builder.content_store.writing import remove, write

__all__ = [
    "CHANGED",
    "SYNONYMS",
    "Content",
    "SynonymGroup",
    "adoptions_path",
    "adoptions_text",
    "is_media_name",
    "media_file",
    "media_path",
    "media_text",
    "parse_adoptions",
    "parse_media",
    "parse_record",
    "parse_union",
    "read",
    "read_synonyms",
    "record_name",
    "record_path",
    "record_text",
    "remove",
    "synonyms_text",
    "union_path",
    "union_text",
    "write",
]
