-- What the list of work shows of a task besides: until when the law gives, until which day it rests, and whether it
-- rests because the mediation is paused; and the district of the referral.
ALTER TABLE task ADD COLUMN legal_limit timestamptz, ADD COLUMN snoozed_until date,
    ADD COLUMN paused boolean NOT NULL DEFAULT false;
ALTER TABLE mediation ADD COLUMN district text;

UPDATE task t SET snoozed_until = last.until
FROM (SELECT DISTINCT ON (mediation, document -> 'task' ->> 'id')
             mediation, document -> 'task' ->> 'id' AS task, (document ->> 'until')::date AS until
      FROM event WHERE type = 'TaskSnoozed' ORDER BY mediation, document -> 'task' ->> 'id', sequence DESC) AS last
WHERE t.mediation = last.mediation AND t.id = last.task AND t.closed_at IS NULL;

-- These are counted by the law wherever a city says nothing else; the term to decide is filled in with the next command.
UPDATE task SET legal_limit = due WHERE closed_at IS NULL AND kind IN ('supplement', 'decide_objection');

-- The groups of the list of work, in their order. A task of somebody else waits for them until it is late: then it is
-- the municipality's to chase.
CREATE FUNCTION work_group(due timestamptz, legal_limit timestamptz, own boolean, now timestamptz, critical timestamptz,
                           soon timestamptz) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN due < critical OR legal_limit < now THEN 0
                WHEN due < now THEN 1
                WHEN NOT own THEN 4
                WHEN due < soon THEN 2
                ELSE 3 END
$$;

-- Open tasks with whose they are and when they must be done; `rests` until `snoozed_until`, or in a pause.
CREATE VIEW work AS
SELECT t.mediation, r.name AS reference, m.municipality, m.stage, m.district, t.id, t.kind, t.owner, t.owner_role,
       t.about, t.opened_at, t.due, t.reminded, t.escalated, t.legal_limit, t.snoozed_until, t.paused,
       coalesce(apart.caseworker, whole.caseworker) AS assignee
FROM task t JOIN mediation m ON m.id = t.mediation JOIN reference r ON r.mediation = m.id
     LEFT JOIN assignment apart ON apart.mediation = t.mediation AND apart.task = t.id
     LEFT JOIN assignment whole ON whole.mediation = t.mediation AND whole.task = ''
WHERE t.closed_at IS NULL;
