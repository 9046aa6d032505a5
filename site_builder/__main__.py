"""`python -m site_builder` is the `unionpress` command."""

from site_builder.cli import main

main(prog_name="unionpress")
