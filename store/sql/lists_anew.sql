-- The lists of one mediation, written anew from its journal.

-- name: hold_its_row
-- Until the transaction ends nobody else writes to the mediation.
SELECT municipality, person, opened_at, test FROM mediation WHERE id = $1 FOR UPDATE;

-- name: put_origin
UPDATE mediation SET municipality = $2, person = $3, opened_at = $4, test = $5 WHERE id = $1;

-- name: put_line
INSERT INTO mediation (id, municipality, person, opened_at, test, policy, stage, outcome, organisations, sequence, head,
                       changed_at, closed_at, wake_at, district)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (id) DO UPDATE
SET policy = excluded.policy, stage = excluded.stage, outcome = excluded.outcome,
    organisations = excluded.organisations, sequence = excluded.sequence, head = excluded.head,
    changed_at = excluded.changed_at, closed_at = excluded.closed_at, wake_at = excluded.wake_at,
    district = excluded.district;

-- name: drop_tasks
DELETE FROM task WHERE mediation = $1;

-- name: put_tasks
INSERT INTO task (mediation, id, kind, about, opened_at, closed_at, owner, owner_role, due, reminded, escalated, legal_limit,
                  paused, hindrance, snoozed_until)
SELECT $1, t.* FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[],
                           $9::timestamptz[], $10::integer[], $11::integer[], $12::timestamptz[], $13::boolean[],
                           $14::text[], $15::date[]) AS t;

-- name: drop_parts
DELETE FROM participation WHERE mediation = $1;
