-- name: add_webhook
INSERT INTO webhook (id, municipality, kind, url, types, source, configuration, secret, secret_key, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO NOTHING;

-- name: webhook
SELECT * FROM webhook WHERE id = $1;

-- name: webhooks_of
SELECT * FROM webhook WHERE municipality = $1 ORDER BY created_at, id;

-- name: webhook_ids
SELECT id FROM webhook ORDER BY id;

-- name: remove_webhook
WITH its_notifications AS (DELETE FROM notification WHERE webhook = $1)
DELETE FROM webhook WHERE id = $1;

-- name: rotate_webhook
UPDATE webhook SET previous_secret = secret, previous_until = $4, secret = $2, secret_key = $3
WHERE id = $1 AND secret_key <> $3;

-- name: enable_webhook
UPDATE webhook SET enabled = $2::text IS NULL, disabled_reason = $2::text WHERE id = $1 AND enabled = ($2::text IS NOT NULL);

-- name: wake_notifications
UPDATE notification SET next_at = $2 WHERE webhook = $1 AND result IS NULL AND next_at > $2;

-- name: due_notifications
WITH head AS (
    SELECT DISTINCT ON (mediation) mediation, next_at FROM notification
    WHERE webhook = $1 AND result IS NULL ORDER BY mediation, sequence
), due AS (
    SELECT mediation, next_at FROM head WHERE next_at <= $2 ORDER BY next_at, mediation LIMIT $3
)
SELECT n.mediation, n.sequence, n.type, n.at, n.tried_at
FROM due CROSS JOIN LATERAL (
    SELECT * FROM notification n WHERE n.webhook = $1 AND n.mediation = due.mediation AND n.result IS NULL
    ORDER BY n.sequence LIMIT $4
) AS n
ORDER BY due.next_at, n.mediation, n.sequence;

-- name: next_notification
SELECT min(next_at) FROM (
    SELECT DISTINCT ON (mediation) next_at FROM notification
    WHERE webhook = $1 AND result IS NULL ORDER BY mediation, sequence
) AS head;

-- name: notification_delivered
UPDATE notification
SET result = 'delivered', settled_at = $4, next_at = NULL, code = NULL, attempts = attempts + 1,
    tried_at = coalesce(tried_at, $4)
WHERE webhook = $1 AND mediation = $2 AND sequence = $3 AND result IS NULL;

-- name: notification_failed
UPDATE notification
SET next_at = $5::timestamptz, attempts = attempts + 1, code = $6, tried_at = coalesce(tried_at, $4),
    result = CASE WHEN $5 IS NULL THEN 'dead' END, settled_at = CASE WHEN $5 IS NULL THEN $4 END
WHERE webhook = $1 AND mediation = $2 AND sequence = $3 AND result IS NULL;

-- name: note_failing
UPDATE webhook SET failing = $2 WHERE id = $1 AND failing <> $2;

-- name: dead_letters
SELECT mediation, sequence, type, at, tried_at, settled_at, attempts, code FROM notification
WHERE webhook = $1 AND result = 'dead'
  AND ($2::timestamptz IS NULL OR (settled_at, mediation, sequence) > ($2, $3, $4::integer))
ORDER BY settled_at, mediation, sequence LIMIT $5;

-- name: resend_dead_letters
UPDATE notification
SET result = NULL, settled_at = NULL, tried_at = NULL, next_at = $2
WHERE webhook = $1 AND result = 'dead' AND ($3::text[] IS NULL OR mediation || '/' || sequence = ANY ($3));

-- name: waiting_and_dead
SELECT count(*) FILTER (WHERE result IS NULL) AS waiting, count(*) FILTER (WHERE result = 'dead') AS dead
FROM notification WHERE webhook = $1 AND result IS DISTINCT FROM 'delivered';

-- name: mirrored
SELECT opened_at, outcome FROM mediation WHERE id = $1;
