"""Text that is nothing but words takes a shorter way through the body, to the same end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from site_builder.body.normal import normalise_line, normalise_spans
from site_builder.body.prose import read_line, read_marked_line
from site_builder.body.tree import Plain
from site_builder.errors import BodyError

TEXTS = st.text(
    st.sampled_from(
        "职工夜校，。 abc12.:-+#()~\"'/\t\n\r\f\v\x00\x07\x1c\x85\xa0\u2028\u3000\ufeff*_[]\\`<>&!"
    ),
    max_size=24,
)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.integers(0, 24))
def test_one_piece_of_text_means_what_two_mean(text: str, at: int) -> None:
    """Two go the long way."""
    parted = normalise_spans((Plain(text[:at]), Plain(""), Plain(text[at:])))
    assert normalise_spans((Plain(text),)) == parted
    if "\n" not in text:
        assert normalise_line(text) == "".join(span.text for span in parted if isinstance(span, Plain))


@settings(max_examples=300, deadline=None)
@given(TEXTS.map(lambda text: "".join(text.splitlines()).strip()))
def test_a_line_of_words_reads_as_markdown_reads_it(text: str) -> None:
    def read(reader: object) -> str | None:
        try:
            return normalise_line(reader(text, 1, "A heading"))  # type: ignore[operator]
        except BodyError:
            return None

    assert read(read_line) == read(read_marked_line)
