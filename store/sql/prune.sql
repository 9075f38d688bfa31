-- What nobody needs any longer. Each statement removes so many rows at most (the last argument), so that it never holds others up.

-- name: prune_delivered
DELETE FROM notification WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM notification WHERE result = 'delivered' AND settled_at < $1 LIMIT $2));

-- name: prune_dead_letters
DELETE FROM notification WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM notification WHERE result = 'dead' AND settled_at < $1 LIMIT $2));

-- name: prune_links
DELETE FROM link WHERE ctid = ANY (ARRAY(
    SELECT l.ctid FROM link l JOIN task t ON t.mediation = l.mediation AND t.id = l.task
    WHERE l.expires_at < $1 AND t.closed_at IS NOT NULL LIMIT $2));

-- name: prune_tries
DELETE FROM link_try WHERE ctid = ANY (ARRAY(SELECT ctid FROM link_try WHERE since < $1 LIMIT $2));

-- name: prune_digests
DELETE FROM letter WHERE ctid = ANY (ARRAY(SELECT ctid FROM letter WHERE mediation IS NULL AND at < $1 LIMIT $2));

-- name: prune_reads
DELETE FROM personal_read WHERE ctid = ANY (ARRAY(
    SELECT r.ctid FROM personal_read r JOIN mediation m ON m.id = r.mediation
    WHERE m.municipality = $1 AND r.at < $2 LIMIT $3));

-- name: prune_searches
DELETE FROM person_search WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM person_search WHERE organisation = $1 AND at < $2 LIMIT $3));
