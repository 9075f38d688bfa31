-- name: lock_mediation
SELECT pg_advisory_xact_lock(hashtextextended($1, 1));

-- name: recorded_command
SELECT recorded, ordinal FROM command WHERE mediation = $1 AND id = $2;

-- name: count_commands
SELECT count(*) FROM command WHERE mediation = $1;

-- name: load_mediation
SELECT m.head, m.opened_at, p.document AS policy, happened.events, happened.changed_at,
       (SELECT count(*) FROM command c WHERE c.mediation = m.id) AS commands,
       (SELECT count(*) FROM effect f WHERE f.mediation = m.id AND f.result IS NULL) AS deliveries_waiting
FROM mediation m
     CROSS JOIN LATERAL (SELECT json_agg(e.document ORDER BY e.sequence) AS events, max(e.at) AS changed_at,
                                max(e.sequence) FILTER (WHERE e.type IN ('MediationStarted', 'PolicyAdopted')) AS ruled
                         FROM event e WHERE e.mediation = m.id AND e.sequence <= $2) AS happened
     JOIN event r ON r.mediation = m.id AND r.sequence = happened.ruled
     JOIN policy p ON p.digest = r.document ->> 'policy_digest'
WHERE m.id = $1;

-- name: keep_policy
INSERT INTO policy (digest, id, version, document) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING;

-- name: append
WITH the_command AS (
    INSERT INTO command (mediation, at, id, ordinal, type, organisation, document, gone, recorded, refused)
    VALUES ($1, $2, $3, $4::integer, $5, $6, $7, $8, $9, $10)
), its_events AS (
    INSERT INTO event (mediation, at, ordinal, sequence, type, document)
    SELECT $1, $2, $4, e.* FROM unnest($11::integer[], $12::text[], $13::json[]) AS e
), its_notifications AS (
    INSERT INTO notification (webhook, mediation, sequence, type, at, next_at, code, result, settled_at)
    SELECT w.id, $1, e.sequence, e.type, $2, CASE WHEN w.enabled THEN $2 END,
           CASE WHEN NOT w.enabled THEN 'disabled' END, CASE WHEN NOT w.enabled THEN 'dead' END,
           CASE WHEN NOT w.enabled THEN $2 END
    FROM webhook w JOIN mediation m ON m.id = $1 AND m.municipality = w.municipality
         CROSS JOIN unnest($11, $18::text[]) AS e (sequence, type)
    WHERE e.type IS NOT NULL AND (w.types IS NULL OR e.type = ANY (w.types))
)
INSERT INTO effect (mediation, asked_at, key, lane, type, document)
SELECT $1, $2, e.* FROM unnest($14::text[], $15::text[], $16::text[], $17::json[]) AS e;

-- name: journal_of
SELECT e.sequence, e.type, e.at, e.document, c.id AS command_id, c.type AS command, c.document ->> 'by' AS by
FROM event e JOIN command c ON c.mediation = e.mediation AND c.ordinal = e.ordinal
WHERE e.mediation = $1
ORDER BY e.sequence;

-- name: commands_of
SELECT c.ordinal, c.id, c.at, c.document, c.gone, c.recorded,
       (SELECT json_agg(e.document ORDER BY e.sequence)
        FROM event e WHERE e.mediation = c.mediation AND e.ordinal = c.ordinal) AS events
FROM command c WHERE c.mediation = $1 ORDER BY c.ordinal;

-- name: claim_key
INSERT INTO request (organisation, key, mediation, fingerprint) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisation, key) DO NOTHING;

-- name: claimed_for
SELECT fingerprint FROM request WHERE organisation = $1 AND key = $2;

-- name: let_key_go
DELETE FROM request WHERE organisation = $1 AND key = $2;
