-- name: settle_effect
UPDATE effect SET result = $2, settled_at = $3 WHERE key = $1 AND result IS NULL;

-- name: effects_of
SELECT key, lane, type, document, asked_at, result, settled_at FROM effect WHERE mediation = $1 ORDER BY asked_at, key;

-- name: standing
SELECT m.outcome, m.municipality,
       $2::text IS NULL OR EXISTS (SELECT FROM task t WHERE t.mediation = m.id AND t.id = $2 AND t.closed_at IS NULL)
           AS still_asked
FROM mediation m WHERE m.id = $1;

-- name: call_in
UPDATE effect SET called_at = $4 FROM (
    SELECT key FROM effect first
    WHERE lane = $1 AND result IS NULL AND mediation <> $2
      AND (called_at IS NULL OR called_at <= $4::timestamptz - interval '1 minute')
      AND NOT EXISTS (
        SELECT FROM effect sooner WHERE sooner.mediation = first.mediation AND sooner.lane = $1 AND sooner.result IS NULL
          AND (sooner.asked_at, sooner.key) < (first.asked_at, first.key))
    ORDER BY mediation < $2 DESC, mediation DESC LIMIT $3
    FOR UPDATE SKIP LOCKED
) next WHERE effect.key = next.key RETURNING effect.mediation;

-- name: place_in_lane
SELECT count(DISTINCT mediation) AS waiting, count(DISTINCT mediation) FILTER (WHERE mediation < $2) AS before
FROM effect WHERE lane = $1 AND result IS NULL;
