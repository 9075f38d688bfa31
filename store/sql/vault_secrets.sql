-- name: vault_secrets
SELECT name, wrapped FROM vault_secret ORDER BY name;

-- name: lock_vault_secrets
SELECT pg_advisory_xact_lock(7304054);

-- name: add_vault_secret
INSERT INTO vault_secret (name, wrapped) VALUES ($1, $2);

-- name: rewrap_vault_secret
UPDATE vault_secret SET wrapped = $2 WHERE name = $1;

-- name: remove_vault_secret
DELETE FROM vault_secret WHERE name = $1;

-- name: some_wrapped_key
SELECT wrapped FROM vault_key WHERE wrapped IS NOT NULL LIMIT 1;

-- name: some_webhook_secret
SELECT id, secret FROM webhook LIMIT 1;

-- name: is_in_use
-- Whether anything was ever made with a secret of this installation.
SELECT EXISTS (SELECT FROM vault_key) OR EXISTS (SELECT FROM webhook) OR EXISTS (SELECT FROM mediation)
       OR EXISTS (SELECT FROM request) OR EXISTS (SELECT FROM directory_change) OR EXISTS (SELECT FROM caseworker);

-- name: wrapped_keys
SELECT person, wrapped FROM vault_key WHERE wrapped IS NOT NULL AND person > $1 ORDER BY person LIMIT $2;

-- name: rewrap_keys
-- Only those that are what was read: a key that was destroyed meanwhile stays destroyed.
UPDATE vault_key k SET wrapped = n.now
FROM unnest($1::text[], $2::bytea[], $3::bytea[]) AS n (person, before, now)
WHERE k.person = n.person AND k.wrapped = n.before;

-- name: request_keys
SELECT organisation, key FROM request;

-- name: hash_request_keys
UPDATE request r SET key = n.hashed FROM unnest($1::text[], $2::text[], $3::text[]) AS n (organisation, key, hashed)
WHERE (r.organisation, r.key) = (n.organisation, n.key);
