#!/bin/sh
# Make a folder for what tests write, and print its path: in memory where there is room for it, for a build waits
# until the disk has everything that was written on it, also by others. Whoever runs the tests removes it.
set -eu

memory=/dev/shm
room_kb=2000000  # several times what a run of all tests needs

# Whether what lies there may be run: some machines forbid it.
runs() {
    printf '#!/bin/sh\n' >"$1/probe" && chmod +x "$1/probe" && "$1/probe" 2>/dev/null && rm "$1/probe"
}

if [ -d "$memory" ] && [ -w "$memory" ] && [ -r /proc/meminfo ]; then
    free_kb=$(df -Pk "$memory" | awk 'NR == 2 { print $4 }')
    memory_kb=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
    if [ "${free_kb:-0}" -gt "$room_kb" ] && [ "${memory_kb:-0}" -gt $((2 * room_kb)) ]; then
        scratch=$(mktemp -d "$memory/unionpress-tests.XXXXXX")
        runs "$scratch" || { rm -rf "$scratch" && scratch=; }
    fi
fi
: "${scratch:=$(mktemp -d "${TMPDIR:-/tmp}/unionpress-tests.XXXXXX")}"
chmod 711 "$scratch"  # PostgreSQL, which refuses to be root, has its folder in it
printf '%s\n' "$scratch"
