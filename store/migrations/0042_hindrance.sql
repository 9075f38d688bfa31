-- What who has a task said of it last: that it takes longer, or that it is not theirs.
ALTER TABLE task ADD COLUMN hindrance text;
CREATE OR REPLACE VIEW work AS
SELECT t.mediation, r.name AS reference, m.municipality, m.stage, m.district, t.id, t.kind, t.owner, t.owner_role,
       t.about, t.opened_at, t.due, t.reminded, t.escalated, t.legal_limit, t.snoozed_until, t.paused,
       coalesce(apart.caseworker, whole.caseworker) AS assignee, t.hindrance
FROM task t JOIN mediation m ON m.id = t.mediation JOIN reference r ON r.mediation = m.id
     LEFT JOIN assignment apart ON apart.mediation = t.mediation AND apart.task = t.id
     LEFT JOIN assignment whole ON whole.mediation = t.mediation AND whole.task = ''
WHERE t.closed_at IS NULL;
