-- name: mediations_with_books
SELECT id FROM (SELECT id FROM mediation UNION SELECT mediation FROM command) AS known
WHERE id > $1 ORDER BY id LIMIT $2;

-- name: book_of_mediation
SELECT municipality, policy, person, stage, outcome, organisations, sequence, head, opened_at, changed_at, closed_at,
       wake_at, test
FROM mediation WHERE id = $1;

-- name: book_of_commands
SELECT ordinal, id, type, organisation, at, document, gone, recorded, refused, seal, link
FROM command WHERE mediation = $1 ORDER BY ordinal;

-- name: book_of_events
SELECT sequence, ordinal, type, at, document FROM event WHERE mediation = $1 ORDER BY sequence;

-- name: book_of_effects
SELECT key, lane, type, document, asked_at, result, settled_at FROM effect WHERE mediation = $1 ORDER BY asked_at, key;

-- name: book_of_tasks
SELECT id, kind, owner, owner_role, about, opened_at, due, reminded, escalated, closed_at
FROM task WHERE mediation = $1 ORDER BY opened_at, id;

-- name: book_of_policies
SELECT digest, id, version, document FROM policy
WHERE digest IN (SELECT document ->> 'policy_digest' FROM event
                 WHERE mediation = $1 AND type IN ('MediationStarted', 'PolicyAdopted'))
   OR digest = (SELECT policy FROM mediation WHERE id = $1)
ORDER BY digest;

-- name: book_of_parts
SELECT organisation, part, since, first, until, last, stage, outcome, shown_until
FROM participation WHERE mediation = $1 ORDER BY first, organisation, part;

-- name: journals_to_verify
-- The share $1 of $2 of all mediations of which there is anything, those with one of the alarms $3, and those with a word
-- in the lists that is none of $4, $5 and $6. After $7.
SELECT id FROM (
    SELECT id FROM mediation WHERE mod(abs(hashtext(id)::bigint), $2) = $1
    UNION SELECT mediation FROM command WHERE ordinal = 1 AND mod(abs(hashtext(mediation)::bigint), $2) = $1
    UNION SELECT mediation FROM alarm WHERE ended_at IS NULL AND kind = ANY ($3::text[])
    UNION SELECT id FROM mediation WHERE stage <> ALL ($4::text[]) OR outcome <> ALL ($5::text[])
    UNION SELECT mediation FROM task WHERE closed_at IS NULL AND kind <> ALL ($6::text[])
) AS wanted WHERE id > $7 ORDER BY id LIMIT $8;
