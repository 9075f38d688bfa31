-- name: claim_person
INSERT INTO open_person (person, mediation) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: release_person
DELETE FROM open_person WHERE person = $1 AND mediation = $2;

-- name: know_capacity
INSERT INTO capacity (municipality, year, places) VALUES ($1, $2, $3)
ON CONFLICT (municipality, year) DO UPDATE SET places = greatest(capacity.places, excluded.places)
WHERE capacity.places < excluded.places;

-- name: take_capacity
UPDATE capacity SET used = used + $3 WHERE municipality = $1 AND year = $2 AND used + $3 <= $4;

-- name: take_capacity_beyond
UPDATE capacity SET beyond = beyond + $3 WHERE municipality = $1 AND year = $2;

-- name: claim_place
INSERT INTO place (mediation, municipality, year, units, beyond) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: release_place
WITH released AS (DELETE FROM place WHERE mediation = $1 RETURNING municipality, year, units, beyond)
UPDATE capacity c
SET used = used - CASE WHEN r.beyond THEN 0 ELSE r.units END,
    beyond = c.beyond - CASE WHEN r.beyond THEN r.units ELSE 0 END
FROM released r WHERE c.municipality = r.municipality AND c.year = r.year;

-- name: claim_dwelling
INSERT INTO kept_dwelling (corporation, dwelling, mediation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: release_dwelling
DELETE FROM kept_dwelling WHERE corporation = $1 AND dwelling = $2 AND mediation = $3;
