-- name: write_mediation
INSERT INTO mediation (id, municipality, policy, person, stage, outcome, organisations, sequence, head,
                       opened_at, changed_at, closed_at, wake_at)
VALUES ($1, $2, $3, $4, $5, $6::text, $7, $8, $9, $10::timestamptz, $10, CASE WHEN $6::text IS NULL THEN NULL ELSE $10 END, $11)
ON CONFLICT (id) DO UPDATE
SET policy = excluded.policy, stage = excluded.stage, outcome = excluded.outcome, organisations = excluded.organisations,
    sequence = excluded.sequence, head = excluded.head, changed_at = excluded.changed_at,
    closed_at = CASE WHEN excluded.outcome IS NOT NULL THEN coalesce(mediation.closed_at, excluded.closed_at) END,
    wake_at = excluded.wake_at;

-- name: write_tasks
WITH open AS (
    INSERT INTO task (mediation, id, kind, owner, about, opened_at, due, reminded, escalated)
    SELECT $1, t.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                               $8::integer[], $9::integer[]) AS t
    ON CONFLICT (mediation, id) DO UPDATE
    SET due = excluded.due, reminded = excluded.reminded, escalated = excluded.escalated, owner = excluded.owner
)
UPDATE task SET closed_at = $10 WHERE mediation = $1 AND closed_at IS NULL AND id <> ALL ($2);

-- name: list_mediations
SELECT m.id, m.municipality, m.stage, m.outcome, m.organisations, m.sequence, m.opened_at, m.changed_at, m.closed_at,
       m.wake_at, p.id AS policy_id, p.version AS policy_version,
       (SELECT coalesce(json_agg(json_build_object('id', t.id, 'kind', t.kind, 'owner', t.owner, 'about', t.about,
                                                   'opened_at', t.opened_at, 'due', t.due) ORDER BY t.due, t.id), '[]')
        FROM task t WHERE t.mediation = m.id AND t.closed_at IS NULL) AS tasks
FROM mediation m JOIN policy p ON p.digest = m.policy
WHERE ($1::text IS NULL OR m.municipality = $1)
  AND ($2::text IS NULL OR m.organisations @> ARRAY[$2])
  AND ($3::text IS NULL OR m.stage = $3)
  AND ($4::text IS NULL OR m.outcome = $4)
  AND ($5::text IS NULL OR EXISTS
       (SELECT FROM task t WHERE t.mediation = m.id AND t.closed_at IS NULL AND t.owner = $5))
  AND ($6::timestamptz IS NULL OR EXISTS
       (SELECT FROM task t WHERE t.mediation = m.id AND t.closed_at IS NULL AND t.due < $6))
  AND ($7::timestamptz IS NULL OR (m.opened_at, m.id) > ($7, $8))
  AND ($10::text IS NULL OR m.organisations @> ARRAY[$10])
ORDER BY m.opened_at, m.id
LIMIT $9;

-- name: list_tasks
SELECT t.mediation, m.municipality, m.stage, t.id, t.kind, t.owner, t.about, t.opened_at, t.due, t.reminded,
       t.escalated
FROM task t JOIN mediation m ON m.id = t.mediation
WHERE t.closed_at IS NULL
  AND ($1::text IS NULL OR t.owner = $1)
  AND ($2::text IS NULL OR m.municipality = $2)
  AND ($3::text IS NULL OR t.kind = $3)
  AND ($4::timestamptz IS NULL OR t.due < $4)
  AND ($5::timestamptz IS NULL OR (t.due, t.mediation, t.id) > ($5, $6, $7))
ORDER BY t.due, t.mediation, t.id
LIMIT $8;
