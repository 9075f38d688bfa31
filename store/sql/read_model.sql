-- name: list_mediations
-- Those in which $2 has a part, as they are; those in which it may look back at $16, as they were when its part ended.
SELECT m.id, r.name AS reference, m.municipality, seen.stage, seen.outcome, seen.sequence, m.opened_at, seen.changed_at,
       seen.closed_at, seen.wake_at, m.test, p.id AS policy_id, p.version AS policy_version,
       (SELECT coalesce(json_agg(json_build_object('id', t.id, 'kind', t.kind, 'owner', t.owner, 'owner_role', t.owner_role, 'about', t.about,
                                                   'opened_at', t.opened_at, 'due', t.due) ORDER BY t.due, t.id), '[]')
        FROM task t WHERE t.mediation = m.id AND t.closed_at IS NULL AND seen.now) AS tasks
FROM mediation m JOIN policy p ON p.digest = m.policy JOIN reference r ON r.mediation = m.id
     CROSS JOIN LATERAL (
         SELECT m.stage, m.outcome, m.sequence, m.changed_at, m.closed_at, m.wake_at, true AS now WHERE $2::text IS NULL
         UNION ALL
         (SELECT CASE WHEN part.until IS NULL THEN m.stage ELSE part.stage END,
                 CASE WHEN part.until IS NULL THEN m.outcome ELSE part.outcome END,
                 coalesce(part.last, m.sequence), coalesce(part.until, m.changed_at),
                 CASE WHEN part.until IS NULL THEN m.closed_at WHEN part.outcome IS NOT NULL THEN part.until END,
                 CASE WHEN part.until IS NULL THEN m.wake_at END, part.until IS NULL
          FROM participation part
          WHERE part.organisation = $2 AND part.mediation = m.id AND (part.shown_until IS NULL OR part.shown_until > $16)
          ORDER BY part.last DESC NULLS FIRST LIMIT 1)
     ) AS seen
     -- where it stands in the order: the moment in seconds, counted down for the last first
     CROSS JOIN LATERAL (SELECT $13::integer * extract(epoch FROM CASE WHEN $12 THEN seen.changed_at ELSE m.opened_at END)
                                AS place) AS ordered
WHERE ($1::text IS NULL OR m.municipality = $1)
  AND ($3::text IS NULL OR seen.stage = $3)
  AND ($4::text IS NULL OR seen.outcome = $4)
  AND ($5::text IS NULL OR seen.now AND EXISTS
       (SELECT FROM task t WHERE t.mediation = m.id AND t.closed_at IS NULL AND t.owner = $5))
  AND ($6::timestamptz IS NULL OR seen.now AND EXISTS
       (SELECT FROM task t WHERE t.mediation = m.id AND t.closed_at IS NULL AND t.due < $6))
  AND ($7::timestamptz IS NULL OR (ordered.place, m.id) > ($13::integer * extract(epoch FROM $7::timestamptz), $8::text))
  AND ($11::timestamptz IS NULL OR seen.changed_at >= $11)
  AND ($10::text IS NULL OR EXISTS (SELECT FROM participation took WHERE took.mediation = m.id AND took.organisation = $10
                                                                     AND took.first <= seen.sequence))
  AND ($14::text IS NULL OR r.name = $14)
  AND ($15::text IS NULL OR seen.now AND EXISTS
       (SELECT FROM kept_dwelling k WHERE k.mediation = m.id AND k.dwelling = $15))
  AND ($17::boolean IS NULL OR m.test = $17)
ORDER BY ordered.place, m.id
LIMIT $9;

-- name: list_tasks
SELECT t.mediation, r.name AS reference, m.municipality, m.stage, t.id, t.kind, t.owner, t.owner_role, t.about, t.opened_at, t.due, t.reminded,
       t.escalated, m.test
FROM task t JOIN mediation m ON m.id = t.mediation JOIN reference r ON r.mediation = m.id
WHERE t.closed_at IS NULL
  AND ($1::text IS NULL OR t.owner = $1)
  AND ($2::text IS NULL OR m.municipality = $2)
  AND ($3::text IS NULL OR t.kind = $3)
  AND ($4::timestamptz IS NULL OR t.due < $4)
  AND ($5::timestamptz IS NULL OR (t.due, t.mediation, t.id) > ($5, $6, $7))
ORDER BY t.due, t.mediation, t.id
LIMIT $8;

-- name: ended_before
SELECT outcome, (closed_at AT TIME ZONE $4)::date AS ended_on FROM mediation
WHERE NOT test AND person = $1 AND municipality = ANY ($2) AND outcome = ANY ($3)
ORDER BY closed_at, id;
