-- name: language
SELECT max(version) FROM language;

-- name: raise_language
INSERT INTO language (version) SELECT $1::integer
WHERE NOT EXISTS (SELECT FROM language WHERE version >= $1) ON CONFLICT DO NOTHING;

-- name: lock_language
LOCK TABLE language IN ACCESS EXCLUSIVE MODE;

-- name: put_language_back
DELETE FROM language WHERE version > $1;

-- name: documents_to_read
-- What the mediations after $1 wrote, part by part.
SELECT m.id AS mediation,
       (SELECT array_agg(document::text) FROM event e WHERE e.mediation = m.id) AS events,
       (SELECT array_agg(document::text) FROM command c WHERE c.mediation = m.id) AS commands,
       (SELECT array_agg(recorded::text) FROM command c WHERE c.mediation = m.id) AS recorded
FROM mediation m WHERE m.id > $1 ORDER BY m.id LIMIT $2;
