-- name: claim_person
INSERT INTO open_person (person, mediation) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: release_person
DELETE FROM open_person WHERE person = $1 AND mediation = $2;

-- name: hold_vacated
SELECT period FROM vacated WHERE municipality = ANY ($1) AND first_day >= $2 AND last_day <= $3
ORDER BY municipality, period FOR SHARE;

-- name: fed
SELECT sum(vacated)::integer AS vacated,
       sum(greatest(vacated, coalesce(expected, vacated)))::integer AS expected,
       sum(other_lettings)::integer AS other_lettings
FROM vacated WHERE municipality = ANY ($1) AND first_day >= $2 AND last_day <= $3;

-- name: know_capacity
INSERT INTO capacity AS c (ledger, period, places) VALUES ($1, $2, $3)
ON CONFLICT (ledger, period) DO UPDATE
SET places = CASE WHEN excluded.places IS NOT NULL THEN greatest(c.places, excluded.places) END
WHERE c.places IS NOT NULL AND (excluded.places IS NULL OR c.places < excluded.places);

-- name: take_capacity
UPDATE capacity c
SET used = used + $3,
    parts = CASE WHEN $5::text IS NULL THEN parts
                 ELSE parts || jsonb_build_object($5::text, coalesce((parts ->> $5)::integer, 0) + $3) END
WHERE ledger = $1 AND period = $2
  AND ($4::integer IS NULL
       OR used + $3 + (SELECT coalesce(sum(greatest(kept.target - coalesce((c.parts ->> kept.name)::integer, 0), 0)), 0)
                       FROM unnest($6::text[], $7::integer[]) AS kept (name, target)) <= $4);

-- name: take_capacity_beyond
UPDATE capacity SET beyond = beyond + $3 WHERE ledger = $1 AND period = $2;

-- name: claim_place
INSERT INTO place (mediation, ledger, period, units, beyond, municipality, part) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- name: consume_place
UPDATE place SET consumed = true WHERE mediation = $1;

-- name: release_place
WITH released AS (DELETE FROM place WHERE mediation = $1 RETURNING ledger, period, units, beyond, part)
UPDATE capacity c
SET used = used - CASE WHEN r.beyond THEN 0 ELSE r.units END,
    beyond = c.beyond - CASE WHEN r.beyond THEN r.units ELSE 0 END,
    parts = CASE WHEN r.beyond OR r.part IS NULL THEN c.parts
                 ELSE c.parts || jsonb_build_object(r.part, (c.parts ->> r.part)::integer - r.units) END
FROM released r WHERE c.ledger = r.ledger AND c.period = r.period;

-- name: claim_dwelling
INSERT INTO kept_dwelling (corporation, dwelling, mediation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: release_dwelling
DELETE FROM kept_dwelling WHERE corporation = $1 AND dwelling = $2 AND mediation = $3;
