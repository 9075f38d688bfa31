-- What nobody needs any longer. Each statement removes so many rows at most ($2), so that it never holds others up.

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
