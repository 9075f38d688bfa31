-- Whether a mediation is a trial with an invented client: no report counts it, and it holds nothing that is scarce.
ALTER TABLE mediation ADD COLUMN test boolean NOT NULL DEFAULT false;
CREATE OR REPLACE VIEW work AS
SELECT t.mediation, r.name AS reference, m.municipality, m.stage, m.district, t.id, t.kind, t.owner, t.owner_role,
       t.about, t.opened_at, t.due, t.reminded, t.escalated, t.legal_limit, t.snoozed_until, t.paused,
       coalesce(apart.caseworker, whole.caseworker) AS assignee, t.hindrance, m.test
FROM task t JOIN mediation m ON m.id = t.mediation JOIN reference r ON r.mediation = m.id
     LEFT JOIN assignment apart ON apart.mediation = t.mediation AND apart.task = t.id
     LEFT JOIN assignment whole ON whole.mediation = t.mediation AND whole.task = ''
WHERE t.closed_at IS NULL;
