#!/bin/sh
# Restore a backup of backup.sh into a data directory. Stop its services first:
#   restore.sh /var/lib/related-posts /backup/related-posts-2026-10-31
# What is left of the damaged database is kept beside the new one. Overrides that were saved after
# the backup are recovered from decisions.json, if the data directory still has it.
set -eu
umask 027
data=$1 backup=$2 damaged=damaged-$(date +%s).sqlite3
mkdir -p "$data/snapshots"
rm -rf "$data/fitted" # of a later state of the database: the next index run is a full one
for suffix in "" -wal -shm; do
    file=$data/catalogue.sqlite3$suffix
    if [ -e "$file" ]; then mv "$file" "$data/$damaged$suffix"; fi
done
for file in catalogue.sqlite3 recommender.toml decisions.json; do
    if [ -e "$backup/$file" ] && [ ! -e "$data/$file" ]; then cp "$backup/$file" "$data/"; fi
done
if [ -e "$backup/current" ]; then
    for folder in "$backup"/snapshots/*; do # one, or the base of a delta and the delta
        snapshot=$(basename "$folder")
        if [ ! -e "$data/snapshots/$snapshot" ]; then
            cp -R "$folder" "$data/snapshots/.staging-restored"
            mv "$data/snapshots/.staging-restored" "$data/snapshots/$snapshot"
        fi
    done
    if [ ! -e "$data/current" ]; then cp "$backup/current" "$data/"; fi
fi
if [ -e "$data/decisions.json" ]; then
    ${RECOMMENDER:-recommender} override recover --home "$data"
fi
