-- name: hold_complex
SELECT eligible, most, closed_until, reason FROM complex
WHERE municipality = $1 AND corporation = $2 AND name = $3 FOR SHARE;

-- name: know_spread
INSERT INTO spread AS s (municipality, scope, corporation, name, period, most) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (municipality, scope, corporation, name, period) DO UPDATE
SET most = CASE WHEN excluded.most IS NOT NULL THEN greatest(s.used, excluded.most) END
WHERE s.most IS DISTINCT FROM excluded.most;

-- name: claim_placement
INSERT INTO placement (municipality, scope, corporation, name, period, mediation, beyond)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING;

-- name: take_spread
UPDATE spread SET used = used + 1
WHERE municipality = $1 AND scope = $2 AND corporation = $3 AND name = $4 AND period = $5
  AND ($6::integer IS NULL OR used < $6);

-- name: take_spread_beyond
UPDATE spread SET beyond = beyond + 1
WHERE municipality = $1 AND scope = $2 AND corporation = $3 AND name = $4 AND period = $5;

-- name: spread_used
SELECT used FROM spread
WHERE municipality = $1 AND scope = $2 AND corporation = $3 AND name = $4 AND period = $5;

-- name: release_spread
WITH released AS (
    DELETE FROM placement
    WHERE municipality = $1 AND scope = $2 AND corporation = $3 AND name = $4 AND period = $5 AND mediation = $6
    RETURNING beyond
)
UPDATE spread s
SET used = used - CASE WHEN r.beyond THEN 0 ELSE 1 END,
    beyond = s.beyond - CASE WHEN r.beyond THEN 1 ELSE 0 END
FROM released r
WHERE municipality = $1 AND scope = $2 AND corporation = $3 AND name = $4 AND period = $5;

-- name: standings
SELECT asked.scope, asked.corporation, asked.name, asked.period, coalesce(s.used, 0) AS used,
       c.most, coalesce(c.eligible, true) AS eligible, c.closed_until, c.reason, c.review_on
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS asked (scope, corporation, name, period)
     LEFT JOIN spread s ON s.municipality = $1 AND s.scope = asked.scope AND s.corporation = asked.corporation
                           AND s.name = asked.name AND s.period = asked.period
     LEFT JOIN complex c ON asked.scope = 'complex' AND c.municipality = $1 AND c.corporation = asked.corporation
                            AND c.name = asked.name
WHERE s.used > 0 OR c.name IS NOT NULL
ORDER BY asked.scope, asked.corporation, asked.name, asked.period;
