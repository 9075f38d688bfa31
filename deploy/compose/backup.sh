#!/bin/bash
# A base backup each night, of which fourteen are kept, and the log as it is written: what the services `backup` and
# `backup-temporal` of docker-compose.yml run.
set -eu
export PGPASSWORD="$(cat /run/secrets/password)"
if [ "$(id -u)" = 0 ]; then
  mkdir -p /backups/archived /backups/received
  chown postgres: /backups /backups/archived /backups/received
  exec gosu postgres bash "$0"
fi
cd /backups
pg_receivewal --slot=backup --create-slot --if-not-exists
pg_receivewal --slot=backup --synchronous --directory=received --dbname=application_name=backup &
echo $! >/tmp/receiver
while :; do
  base=base-$(date -u +%Y%m%dT%H%M%S)
  rm -rf base-*.part
  if pg_basebackup --pgdata="$base.part" --checkpoint=fast && pg_verifybackup --quiet "$base.part"; then
    mv "$base.part" "$base"
    ls -d base-*[0-9] | head -n -14 | xargs -r rm -rf
    first=$(sed -n 's/.*(file \(.*\)).*/\1/p' "$(ls -d base-*[0-9] | head -n 1)/backup_label" | head -n 1)
    pg_archivecleanup -x .gz archived "$first"
    pg_archivecleanup received "$first"
    sleep "$(($(date -u -d 'tomorrow 02:00' +%s) - $(date -u +%s)))"
  else
    echo "the backup failed: it is tried again in an hour" >&2
    sleep 3600
  fi
done
