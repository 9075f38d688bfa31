-- name: last_recorded
SELECT ordinal, recorded, link FROM command WHERE mediation = $1 ORDER BY ordinal DESC LIMIT 1;

-- name: park
WITH the_command AS (
    INSERT INTO command (mediation, at, id, ordinal, type, organisation, document, gone, recorded, refused, seal, link)
    VALUES ($1, $2, $3, $4::integer, $5, $6, $7, '[]', $8, true, $13::json, $14::text)
)
INSERT INTO parked (mediation, at, origin, about, fault, municipality)
VALUES ($1, $2, $9, $10, $11, coalesce((SELECT municipality FROM mediation WHERE id = $1), $12))
ON CONFLICT (mediation, about) DO NOTHING;

-- name: parked_for
SELECT municipality FROM parked WHERE mediation = $1 AND about = $2 AND letter IS NULL;

-- name: letters_of_parked
-- Puts what no letter has told into the letter $2, and lists all letters that are still to be sent.
WITH put AS (UPDATE parked SET letter = $2 WHERE municipality = $1 AND letter IS NULL RETURNING letter)
SELECT letter FROM put
UNION
SELECT p.letter FROM parked p
WHERE p.municipality = $1 AND p.letter IS NOT NULL
  AND NOT EXISTS (SELECT FROM letter l WHERE l.key = p.letter AND l.reader = p.municipality)
ORDER BY letter;

-- name: parked_in
SELECT coalesce((SELECT r.name FROM reference r WHERE r.mediation = p.mediation), p.mediation) AS mediation, origin, at
FROM parked p WHERE letter = $1 ORDER BY at, p.mediation, about;
