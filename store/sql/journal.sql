-- name: recorded_command
SELECT c.recorded, c.ordinal, c.link AS its_link, c.document AS its_document, c.gone AS its_gone,
       c.seal ->> 'text' AS its_text,
       (SELECT r.number FROM reference r WHERE r.mediation = $1 AND c.ordinal = 1) AS its_number,
       (SELECT array_agg(e.document::text ORDER BY e.sequence) FROM event e
        WHERE e.mediation = $1 AND e.ordinal = c.ordinal) AS its_events
FROM command c WHERE c.mediation = $1 AND c.id = $2;

-- name: waiting_effects
SELECT key FROM effect WHERE mediation = $1 AND result IS NULL;

-- name: load_mediation
-- What a command is decided on, in one row, also of a mediation that was never started: events after $2 and up to $3,
-- the policy unless its digest is $4, the command $5 itself if it was recorded before, and for what the organisation $6
-- used its key $7.
SELECT m.head, m.sequence, m.opened_at, m.policy AS policy_digest,
       CASE WHEN m.policy IS DISTINCT FROM $4 THEN p.document END AS policy,
       (SELECT array_agg(e.document::text ORDER BY e.sequence) FROM event e
        WHERE e.mediation = $1 AND e.sequence > $2 AND e.sequence <= $3) AS events,
       (SELECT e.at FROM event e WHERE e.mediation = m.id AND e.sequence <= $3
        ORDER BY e.sequence DESC LIMIT 1) AS changed_at,
       (SELECT count(*) FROM command c WHERE c.mediation = $1) AS commands,
       (SELECT c.link FROM command c WHERE c.mediation = $1 ORDER BY c.ordinal DESC LIMIT 1) AS link,
       (SELECT count(*) FROM effect f WHERE f.mediation = m.id AND f.result IS NULL) AS deliveries_waiting,
       (SELECT r.name FROM reference r WHERE r.mediation = m.id) AS reference,
       before.recorded, before.ordinal, before.link AS its_link, before.document AS its_document,
       before.gone AS its_gone, before.seal ->> 'text' AS its_text,
       (SELECT r.number FROM reference r WHERE r.mediation = $1 AND before.ordinal = 1) AS its_number,
       (SELECT array_agg(e.document::text ORDER BY e.sequence) FROM event e
        WHERE e.mediation = $1 AND e.ordinal = before.ordinal) AS its_events,
       (SELECT r.fingerprint FROM request r WHERE r.organisation = $6 AND r.key = $7) AS key_used_for,
       (SELECT max(version) FROM language) AS language
FROM (SELECT) AS asked
     LEFT JOIN mediation m ON m.id = $1
     LEFT JOIN policy p ON p.digest = m.policy
     LEFT JOIN command before ON before.mediation = $1 AND before.id = $5;

-- name: policy_document
SELECT document FROM policy WHERE digest = $1;

-- name: record
-- The read model with who has which part, the command, what taught it, its key, its events and effects, and notifications for whom it may
-- concern: all of it, if the mediation is where it was decided on (its head $38, none for a new one, after the commands
-- before $4, and the journal in the language $63), else nothing. Who records the same number at the same moment breaks the key of
-- `command`. A new one gets the number $62 where it had one. Returns the number of a new one, 0 of any other, null when nothing was
-- written.
WITH the_mediation AS (
    INSERT INTO mediation (id, opened_at, changed_at, municipality, policy, person, stage, organisations, sequence,
                           head, wake_at, outcome, closed_at, district, test)
    SELECT $1, $2::timestamptz, $2, $20, $21, $22, $23, $24::text[], $25::integer, $26, $27::timestamptz, $28::text,
           CASE WHEN $28::text IS NULL THEN NULL ELSE $2 END, $48::text, $59::boolean
    WHERE ($38::text IS NULL OR EXISTS (SELECT FROM mediation WHERE id = $1))
      AND (SELECT count(*) FROM command WHERE mediation = $1) = $4 - 1
      AND (SELECT coalesce(max(version), $63::integer) FROM language) = $63
    ON CONFLICT (id) DO UPDATE
    SET policy = excluded.policy, stage = excluded.stage, outcome = excluded.outcome,
        organisations = excluded.organisations, sequence = excluded.sequence, head = excluded.head,
        changed_at = CASE WHEN excluded.sequence > mediation.sequence THEN excluded.changed_at ELSE mediation.changed_at END,
        wake_at = excluded.wake_at,
        closed_at = CASE WHEN excluded.outcome IS NOT NULL THEN coalesce(mediation.closed_at, excluded.closed_at) END
    WHERE mediation.head = $38 AND mediation.sequence = excluded.sequence - cardinality($12::integer[])
    RETURNING id, municipality, test
), its_number AS (
    INSERT INTO reference_count AS known (municipality, year, last)
    SELECT municipality, extract(year FROM $2 AT TIME ZONE 'Europe/Amsterdam')::integer, coalesce($62::integer, 1)
    FROM the_mediation WHERE $38 IS NULL
    ON CONFLICT (municipality, year) DO UPDATE SET last = greatest(known.last + ($62 IS NULL)::integer, $62)
    RETURNING municipality, year, coalesce($62, last) AS last
), its_reference AS (
    INSERT INTO reference (mediation, municipality, year, number)
    SELECT m.id, n.municipality, n.year, n.last FROM the_mediation m, its_number n
), its_policy AS (
    INSERT INTO policy (digest, id, version, document)
    SELECT $21, $39::text, $40, $41 FROM the_mediation WHERE $39 IS NOT NULL
    ON CONFLICT (digest) DO NOTHING
), its_key AS (
    INSERT INTO request (organisation, key, mediation, fingerprint)
    SELECT $42::text, $43, id, $44 FROM the_mediation WHERE $42 IS NOT NULL
), its_tasks AS (
    INSERT INTO task (mediation, id, kind, owner, about, opened_at, due, reminded, escalated, owner_role, legal_limit,
                      snoozed_until, paused, hindrance)
    SELECT m.id, t.*
    FROM the_mediation m, unnest($29::text[], $30::text[], $31::text[], $32::text[], $33::timestamptz[],
                                 $34::timestamptz[], $35::integer[], $36::integer[], $37::text[], $45::timestamptz[],
                                 $46::date[], $47::boolean[], $49::text[]) AS t
    ON CONFLICT (mediation, id) DO UPDATE
    SET due = excluded.due, reminded = excluded.reminded, escalated = excluded.escalated, owner = excluded.owner,
        owner_role = excluded.owner_role, legal_limit = excluded.legal_limit, paused = excluded.paused,
        hindrance = excluded.hindrance,
        snoozed_until = coalesce(excluded.snoozed_until, task.snoozed_until)
    WHERE (task.due, task.reminded, task.escalated, task.owner, task.owner_role, task.legal_limit, task.paused,
           task.hindrance)
          IS DISTINCT FROM (excluded.due, excluded.reminded, excluded.escalated, excluded.owner, excluded.owner_role,
                            excluded.legal_limit, excluded.paused, excluded.hindrance)
          OR excluded.snoozed_until IS NOT NULL
), its_closed_tasks AS (
    UPDATE task SET closed_at = $2 FROM the_mediation m
    WHERE mediation = m.id AND closed_at IS NULL AND task.id <> ALL ($29)
), parts_begun AS (
    INSERT INTO participation (mediation, organisation, part, since, first, shown_until)
    SELECT m.id, p.organisation, p.part, $2, $25 - cardinality($12::integer[]) + 1, p.shown_until
    FROM the_mediation m, unnest($50::text[], $51::text[], $52::timestamptz[]) AS p (organisation, part, shown_until)
), parts_ended AS (
    UPDATE participation
    SET until = $2, last = $25, stage = $23, outcome = $28, shown_until = p.shown_until
    FROM the_mediation m, unnest($53::text[], $54::text[], $55::timestamptz[]) AS p (organisation, part, shown_until)
    WHERE participation.mediation = m.id AND participation.until IS NULL
      AND participation.organisation = p.organisation AND participation.part = p.part
), parts_kept AS (
    UPDATE participation SET shown_until = p.shown_until
    FROM the_mediation m, unnest($56::text[], $57::text[], $58::timestamptz[]) AS p (organisation, part, shown_until)
    WHERE participation.mediation = m.id AND participation.until IS NULL
      AND participation.organisation = p.organisation AND participation.part = p.part
), the_command AS (
    INSERT INTO command (mediation, at, id, ordinal, type, organisation, document, gone, recorded, refused, seal, link)
    SELECT m.id, $2, $3, $4::integer, $5, $6, $7::json, $8::json, $9::json, false, $60::json, $61::text
    FROM the_mediation m
), what_taught_it AS (
    UPDATE effect SET result = $11, settled_at = $2 FROM the_mediation WHERE key = $10 AND result IS NULL
), its_events AS (
    INSERT INTO event (mediation, at, ordinal, sequence, type, document)
    SELECT m.id, $2, $4, e.* FROM the_mediation m, unnest($12::integer[], $13::text[], $14::json[]) AS e
), its_notifications AS (
    INSERT INTO notification (webhook, mediation, sequence, type, at, next_at, code, result, settled_at)
    SELECT w.id, $1, e.sequence, e.type, $2, CASE WHEN w.enabled THEN $2 END,
           CASE WHEN NOT w.enabled THEN 'disabled' END, CASE WHEN NOT w.enabled THEN 'dead' END,
           CASE WHEN NOT w.enabled THEN $2 END
    FROM webhook w JOIN the_mediation m ON m.municipality = w.municipality AND NOT m.test
         CROSS JOIN unnest($12, $15::text[]) AS e (sequence, type)
    WHERE e.type IS NOT NULL AND (w.types IS NULL OR e.type = ANY (w.types))
), its_effects AS (
    INSERT INTO effect (mediation, asked_at, key, lane, type, document)
    SELECT m.id, $2, e.* FROM the_mediation m, unnest($16::text[], $17::text[], $18::text[], $19::json[]) AS e
)
SELECT CASE WHEN EXISTS (SELECT FROM the_mediation) THEN coalesce((SELECT last FROM its_number), 0) END;

-- name: record_refused
-- As `record`: if the mediation is where it was decided on.
WITH the_command AS (
    INSERT INTO command (mediation, at, id, ordinal, type, organisation, document, gone, recorded, refused, seal, link)
    SELECT $1, $2, $3, $4::integer, $5, $6, $7::json, $8::json, $9::json, true, $13::json, $14::text
    WHERE (SELECT head FROM mediation WHERE id = $1) IS NOT DISTINCT FROM $12
      AND (SELECT count(*) FROM command WHERE mediation = $1) = $4 - 1
      AND (SELECT coalesce(max(version), $15::integer) FROM language) = $15
    RETURNING mediation
), what_taught_it AS (
    UPDATE effect SET result = $11, settled_at = $2 FROM the_command WHERE key = $10 AND result IS NULL
)
SELECT EXISTS (SELECT FROM the_command);

-- name: journal_of
SELECT e.sequence, e.type, e.at, e.document, c.id AS command_id, c.type AS command, c.document ->> 'by' AS by
FROM event e JOIN command c ON c.mediation = e.mediation AND c.ordinal = e.ordinal
WHERE e.mediation = $1
ORDER BY e.sequence;

-- name: commands_of
SELECT c.ordinal, c.id, c.at, c.document, c.gone, c.recorded, c.link AS its_link, c.document AS its_document,
       c.gone AS its_gone, c.seal ->> 'text' AS its_text,
       (SELECT r.number FROM reference r WHERE r.mediation = c.mediation AND c.ordinal = 1) AS its_number,
       (SELECT array_agg(e.document::text ORDER BY e.sequence)
        FROM event e WHERE e.mediation = c.mediation AND e.ordinal = c.ordinal) AS its_events
FROM command c WHERE c.mediation = $1 ORDER BY c.ordinal;

-- name: claim_key
INSERT INTO request (organisation, key, mediation, fingerprint) VALUES ($1, $2, $3, $4)
ON CONFLICT (organisation, key) DO NOTHING;

-- name: claimed_for
SELECT fingerprint FROM request WHERE organisation = $1 AND key = $2;

-- name: has_acted
-- Whether the person $3 of $2 gave a command that was carried out; not of the types $4, nor about a task named like $5.
SELECT EXISTS (
    SELECT FROM command
    WHERE mediation = $1 AND organisation = $2 AND NOT refused AND document #>> '{by,user}' = $3
      AND type <> ALL ($4::text[]) AND NOT starts_with(coalesce(document ->> 'task', ''), $5)
);

-- name: has_decided
-- Whether the person $3 of $2 gave the command with which the decision $4 was taken, or the last end when that is null.
SELECT EXISTS (
    SELECT FROM event e JOIN command c ON c.mediation = e.mediation AND c.ordinal = e.ordinal
    WHERE e.mediation = $1 AND c.organisation = $2 AND c.document #>> '{by,user}' = $3
      AND (($4::text IS NOT NULL AND e.type = 'DecisionTaken' AND e.document ->> 'decision' = $4)
        OR ($4 IS NULL AND e.sequence = (
            SELECT max(sequence) FROM event WHERE mediation = $1 AND type = 'MediationClosed')))
);
