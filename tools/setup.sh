#!/bin/sh
# Make the virtual environment and install what requirements.lock pins: with uv when it is there,
# otherwise with venv and pip. Installs nothing outside the virtual environment.
set -eu

PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

say() { printf '%s\n' "$*" >&2; }

command -v "$PYTHON" >/dev/null 2>&1 || {
    say "Python is missing: $PYTHON was not found. Install Python 3.11 or newer, or name one: make PYTHON=python3.12 ..."
    exit 1
}
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "$("$PYTHON" --version) is too old: Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 ..."
    exit 1
}

if command -v uv >/dev/null 2>&1; then
    say "Installing into $VENV with uv"
    [ -x "$VENV/bin/python" ] || uv venv --quiet --python "$PYTHON" "$VENV"
    uv pip sync --quiet --compile-bytecode --python "$VENV/bin/python" --require-hashes requirements.lock
    uv pip install --quiet --python "$VENV/bin/python" --no-deps --no-build-isolation --editable .
else
    say "Installing into $VENV with pip (a minute or two the first time)"
    if [ ! -x "$VENV/bin/python" ]; then
        "$PYTHON" -m venv "$VENV" || {
            rm -rf "$VENV"
            say "Making a virtual environment failed. On Debian or Ubuntu: sudo apt-get install python3-venv"
            exit 1
        }
    fi
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
        --requirement requirements.lock
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
fi

# A service that may not write here would compile all of it at each start.
"$VENV/bin/python" -m compileall -q cms site_builder
