#!/bin/sh
# Makes the secrets of docker-compose.yml that are not there yet, one file each, and never changes one that is.
#
#   deploy/compose/secrets.sh [FOLDER]      the folder is ./secrets, or what SECRETS in .env names
#
# Only the owner may enter the folder; its files are readable, since the processes in the containers, which see no more
# than the files of their service, are other users. Put a password of a mail server into smtp_password, and a key of
# NotifyNL into notify_key; both may stay empty.
set -eu
folder=${1:-secrets}
mediation=${MEDIATION:-docker run --rm --network none direct-mediation:0.2.0}
umask 077
mkdir -p "$folder" "$folder/certificates"
chmod 755 "$folder/certificates"

lacks() { # a secret of this name
    [ ! -e "$folder/$1" ]
}

write() { # the name of a secret, and its value
    [ -n "$2" ] || [ "$3" = may_be_empty ]
    printf '%s' "$2" >"$folder/$1.new"
    chmod 444 "$folder/$1.new"
    mv "$folder/$1.new" "$folder/$1"
    echo "made $folder/$1" >&2
}

for name in postgres_password temporal_postgres_password; do
    if lacks $name; then
        value=$(openssl rand -hex 24)
        write $name "$value" -
    fi
done
# Two logins: the owner's, which migrates, and that of API and worker, which it makes.
if lacks owner_url; then
    value=$(cat "$folder/postgres_password")
    write owner_url "postgresql://mediation:$value@postgres:5432/mediation" -
fi
if lacks database_url; then
    value=$(openssl rand -hex 24)
    write database_url "postgresql://mediation_application:$value@postgres:5432/mediation" -
fi
if lacks payload_keys; then
    value=$(openssl rand -base64 32)
    write payload_keys "k1:$value" -
fi
if lacks vault_keys; then
    value=$(openssl rand -base64 32)
    write vault_keys "$value" -
fi
for name in smtp_password notify_key; do
    if lacks $name; then write $name "" may_be_empty; fi
done

speakers=
for process in api worker; do
    if lacks "${process}_seal_key"; then
        made=$($mediation seal-key "$process")
        value=$(printf '%s\n' "$made" | sed -n 's/^MEDIATION_SEAL_KEY=//p')
        write "${process}_seal_key" "$value" -
        speakers="$speakers${speakers:+,}$(printf '%s\n' "$made" | sed -n 's/^one of MEDIATION_SPEAKERS: //p')"
    fi
done
if [ -n "$speakers" ]; then
    echo "Write this into .env; with a key of before, join both by a comma:" >&2
    echo "MEDIATION_SPEAKERS=$speakers"
fi
