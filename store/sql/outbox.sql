-- name: settle_effect
UPDATE effect SET result = $2, settled_at = $3 WHERE key = $1 AND result IS NULL;

-- name: effects_of
SELECT key, lane, type, document, asked_at, result, settled_at FROM effect WHERE mediation = $1 ORDER BY asked_at, key;

-- name: standing
SELECT m.outcome, m.municipality, t.due, t.owner, $2::text IS NULL OR t.id IS NOT NULL AS still_asked
FROM mediation m LEFT JOIN task t ON t.mediation = m.id AND t.id = $2 AND t.closed_at IS NULL
WHERE m.id = $1;

-- name: letters_to_go
-- What waits for the post room is still to go too.
SELECT document FROM effect e WHERE mediation = $1 AND type = 'SendLetter'
AND (result IS NULL OR EXISTS (SELECT FROM letter l WHERE l.key = e.key AND l.state = 'to_print'));

-- name: place_in_lane
SELECT count(DISTINCT mediation) AS waiting, count(DISTINCT mediation) FILTER (WHERE mediation < $2) AS before
FROM effect WHERE lane = $1 AND result IS NULL;

-- name: note_turn
UPDATE effect SET turn = $2 WHERE key = $1;

-- name: wake_others
UPDATE effect SET turn = NULL FROM (
    SELECT key FROM effect WHERE lane = $1 AND result IS NULL AND mediation <> $2 AND turn > $3
    ORDER BY turn DESC LIMIT $4 FOR UPDATE SKIP LOCKED
) last WHERE effect.key = last.key RETURNING effect.mediation;
