-- name: wait_for_homes
INSERT INTO waiting_home AS w (mediation, municipality, ledger, corporations, homes, rank, turn, resting, asked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9)
ON CONFLICT (mediation) DO UPDATE
SET municipality = excluded.municipality, ledger = excluded.ledger, corporations = excluded.corporations,
    homes = excluded.homes, rank = excluded.rank, turn = excluded.turn, resting = excluded.resting,
    asked_at = coalesce(excluded.asked_at, w.asked_at);

-- name: want_no_home
DELETE FROM waiting_home WHERE mediation = $1;

-- name: line_for_home
-- Those who wait for a home besides this mediation, in their order. Those of other municipalities are not named.
SELECT CASE WHEN w.municipality = $3 THEN w.mediation END AS mediation, w.turn,
       (w.rank, w.mediation) < (own.rank, own.mediation) AS ahead
FROM waiting_home own
     JOIN waiting_home w ON w.ledger = own.ledger AND w.mediation <> own.mediation AND NOT w.resting AND w.homes @> ARRAY[$2]
WHERE own.mediation = $1
ORDER BY w.rank, w.mediation LIMIT $4;

-- name: line_of_home
-- Those of some municipalities who are to be offered a home of a corporation, in their order.
SELECT mediation, turn, resting, homes @> ARRAY[$1] AS listed, count(*) OVER () AS of_all FROM waiting_home
WHERE municipality = ANY ($2) AND corporations @> ARRAY[$3]
ORDER BY rank, mediation LIMIT $4;

-- name: waiting_for_homes_of
SELECT mediation, municipality FROM waiting_home WHERE corporations @> ARRAY[$1] AND NOT resting ORDER BY rank, mediation;

-- name: waiting_since_release
-- Those of a municipality who asked what there is before a corporation without a system told of a home that is free now.
SELECT w.mediation, w.municipality FROM waiting_home w
WHERE w.municipality = $1 AND NOT w.resting AND EXISTS (
    SELECT FROM released_dwelling r
    WHERE r.corporation = ANY (w.corporations) AND r.released_on <= $2 AND (r.taken_back_on IS NULL OR r.taken_back_on > $2)
      AND (w.asked_at IS NULL OR r.changed_at >= w.asked_at OR (r.released_on = $2 AND w.asked_at < $3))
      AND NOT EXISTS (SELECT FROM kept_dwelling k WHERE k.corporation = r.corporation AND k.dwelling = r.id))
ORDER BY w.rank, w.mediation;

-- name: waited_for_by
SELECT DISTINCT municipality FROM waiting_home WHERE corporations @> ARRAY[$1] ORDER BY municipality;

-- name: waiting_homes
SELECT mediation AS key, 1 AS count FROM waiting_home;
