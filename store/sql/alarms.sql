-- name: suspects
-- Mediations that are not finished: those with a moment missed before $2, something undelivered since before $3, or an
-- alarm; and of all others the share $4 of $5, so that each is looked at in turn. After $6.
SELECT m.id AS mediation, m.municipality, m.wake_at, u.since AS undelivered_since,
       NOT EXISTS (SELECT FROM vault_key k WHERE k.person = m.person) AS person_lost
FROM mediation m
     LEFT JOIN LATERAL (SELECT min(e.asked_at) AS since FROM effect e WHERE e.mediation = m.id AND e.result IS NULL) u ON true
WHERE (m.closed_at IS NULL OR m.wake_at IS NOT NULL OR u.since IS NOT NULL) AND m.id > $6
      AND (m.wake_at < $2 OR u.since < $3 OR mod(abs(hashtext(m.id)::bigint), $5) = $4
           OR EXISTS (SELECT FROM alarm a WHERE a.mediation = m.id AND a.ended_at IS NULL))
      AND m.opened_at < $1
ORDER BY m.id LIMIT $7;

-- name: raise_alarm
INSERT INTO alarm (mediation, kind, municipality, code, since, seen_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT (mediation, kind) WHERE ended_at IS NULL DO UPDATE SET seen_at = excluded.seen_at, code = excluded.code
RETURNING since = seen_at AS new;

-- name: end_alarms
UPDATE alarm SET ended_at = $4
WHERE mediation = $1 AND ended_at IS NULL AND kind = ANY ($2::text[]) AND kind <> ALL ($3::text[]) RETURNING kind;

-- name: alarms_now
-- Those of one municipality ($1), or of all where that is null.
SELECT a.mediation, r.name AS reference, a.municipality, a.kind, a.code, a.since, a.seen_at
FROM alarm a LEFT JOIN reference r ON r.mediation = a.mediation
WHERE a.ended_at IS NULL AND ($1::text IS NULL OR a.municipality = $1) ORDER BY a.since, a.mediation, a.kind;

-- name: letters_of_alarms
-- Puts what no letter has told, also if it is over by now, into the letter $2, and lists all letters still to be sent.
WITH put AS (
    UPDATE alarm SET letter = $2 WHERE municipality = $1 AND letter IS NULL RETURNING letter
)
SELECT letter FROM put
UNION
SELECT a.letter FROM alarm a
WHERE a.municipality = $1 AND a.letter IS NOT NULL
  AND NOT EXISTS (SELECT FROM letter l WHERE l.key = a.letter AND l.reader = a.municipality)
ORDER BY letter;

-- name: alarms_in
SELECT a.mediation, r.name AS reference, a.municipality, a.kind, a.code, a.since, a.seen_at
FROM alarm a LEFT JOIN reference r ON r.mediation = a.mediation
WHERE a.letter = $1 ORDER BY a.since, a.mediation, a.kind;

-- name: unfinished
SELECT EXISTS (
    SELECT FROM mediation m
    WHERE m.id = $1 AND (m.closed_at IS NULL OR m.wake_at IS NOT NULL
                         OR EXISTS (SELECT FROM effect e WHERE e.mediation = m.id AND e.result IS NULL)));
