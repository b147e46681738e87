#!/bin/sh
# Back up a data directory with SQLite into a new folder, while services and index runs go on:
#   backup.sh /var/lib/related-posts /backup/related-posts-$(date +%F)
# The embedding cache and older snapshots are left out. An index run makes them again.
set -eu
umask 077
data=$1 backup=$2
mkdir -p "$(dirname "$backup")"
mkdir "$backup" # an existing backup is never overwritten
"${PYTHON:-python3}" - "$data/catalogue.sqlite3" "$backup/catalogue.sqlite3" <<'END'
import sqlite3
import sys

source, copy = map(sqlite3.connect, sys.argv[1:])
source.backup(copy)
assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
copy.close()
END
for file in recommender.toml decisions.json current; do
    if [ -e "$data/$file" ]; then cp -p "$data/$file" "$backup/"; fi
done
if [ -e "$backup/current" ]; then
    mkdir "$backup/snapshots"
    current=$(cat "$backup/current")
    cp -Rp "$data/snapshots/$current" "$backup/snapshots/"
    # A delta needs the snapshot that it rests on.
    base=$(sed -n 's/^  "base": "\(.*\)",$/\1/p' "$backup/snapshots/$current/manifest.json")
    if [ -n "$base" ]; then cp -Rp "$data/snapshots/$base" "$backup/snapshots/"; fi
fi
