#!/bin/sh
# Make a folder for what tests write, and print its path: in memory where there is room for it, for a build waits
# until the disk has everything that was written on it, also by others. Whoever runs the tests removes it.
set -eu

room_kb=2000000  # a run of all tests needs less than half of it

if [ -d /dev/shm ] && [ -w /dev/shm ]; then
    free_kb=$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')
    memory_kb=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
    if [ "${free_kb:-0}" -gt "$room_kb" ] && [ "${memory_kb:-0}" -gt $((2 * room_kb)) ]; then
        scratch=$(mktemp -d /dev/shm/unionpress-tests.XXXXXX)
    fi
fi
: "${scratch:=$(mktemp -d "${TMPDIR:-/tmp}/unionpress-tests.XXXXXX")}"
chmod 711 "$scratch"  # PostgreSQL, which refuses to be root, has its folder in it
printf '%s\n' "$scratch"
