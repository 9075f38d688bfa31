-- name: searches_since
SELECT count(*) FROM person_search WHERE organisation = $1 AND caseworker = $2 AND at > $3;

-- name: record_search
INSERT INTO person_search (at, organisation, caseworker, purpose, facts, shown, too_many)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: mediations_of_people
SELECT m.person, m.id, r.name AS reference, m.stage, m.outcome, m.opened_at, m.closed_at, m.test
FROM mediation m JOIN reference r ON r.mediation = m.id
WHERE m.municipality = $1 AND m.person = ANY ($2::text[])
ORDER BY m.opened_at DESC, m.id;
