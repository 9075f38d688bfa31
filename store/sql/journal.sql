-- name: lock_mediation
SELECT pg_advisory_xact_lock(hashtextextended($1, 1));

-- name: recorded_command
SELECT recorded FROM command WHERE mediation = $1 AND id = $2;

-- name: load_mediation
SELECT m.head, p.document AS policy,
       (SELECT count(*) FROM command c WHERE c.mediation = m.id) AS commands,
       (SELECT json_agg(e.document ORDER BY e.sequence) FROM event e WHERE e.mediation = m.id) AS events
FROM mediation m JOIN policy p ON p.digest = m.policy
WHERE m.id = $1;

-- name: keep_policy
INSERT INTO policy (digest, id, version, document) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING;

-- name: append_command
INSERT INTO command (mediation, id, ordinal, type, organisation, at, document, gone, recorded, refused)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: append_events
INSERT INTO event (mediation, sequence, ordinal, type, at, document)
SELECT $1, n, $2, type, $3, document FROM unnest($4::integer[], $5::text[], $6::json[]) AS e (n, type, document);

-- name: journal_of
SELECT e.sequence, e.type, e.at, e.document, c.id AS command_id, c.type AS command, c.document ->> 'by' AS by
FROM event e JOIN command c ON c.mediation = e.mediation AND c.ordinal = e.ordinal
WHERE e.mediation = $1 AND e.sequence > $2
ORDER BY e.sequence
LIMIT $3;

-- name: commands_of
SELECT c.ordinal, c.id, c.at, c.document, c.gone, c.recorded,
       (SELECT json_agg(e.document ORDER BY e.sequence)
        FROM event e WHERE e.mediation = c.mediation AND e.ordinal = c.ordinal) AS events
FROM command c WHERE c.mediation = $1 ORDER BY c.ordinal;

-- name: remember_request
INSERT INTO request (organisation, key, mediation, fingerprint) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisation, key) DO NOTHING;

-- name: remembered_request
SELECT mediation, fingerprint FROM request WHERE organisation = $1 AND key = $2;
