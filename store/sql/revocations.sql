-- name: revoke
INSERT INTO revocation (kind, name, at, by) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, name) DO UPDATE SET at = greatest(revocation.at, excluded.at), by = excluded.by;

-- name: revocations
SELECT kind, name, at FROM revocation;

-- name: prune_revocations
DELETE FROM revocation WHERE ctid = ANY (ARRAY(SELECT ctid FROM revocation WHERE at < $1 LIMIT $2));
