-- name: keep_link
INSERT INTO link (hash, mediation, task, organisation, due, made_at, expires_at)
SELECT $1, t.mediation, t.id, t.owner, t.due, $5, $6 FROM task t
WHERE t.mediation = $2 AND t.id = $3 AND t.owner = $4 AND t.closed_at IS NULL
ON CONFLICT (hash) DO NOTHING;

-- name: link_is_kept
SELECT EXISTS (SELECT FROM link WHERE hash = $1);

-- name: find_link
SELECT l.hash, l.mediation, l.task, t.kind, l.organisation, t.due, l.expires_at, l.answered_at, m.test,
       t.closed_at IS NULL AND t.owner = l.organisation AND t.due = l.due AND l.wrong < $2 AS stands
FROM link l JOIN task t ON t.mediation = l.mediation AND t.id = l.task JOIN mediation m ON m.id = l.mediation
WHERE l.hash = $1;

-- name: count_try
INSERT INTO link_try AS t (bucket, kind, since, tries)
VALUES (coalesce((SELECT hash FROM link WHERE hash = $1), '\x'), $2, $3, 1)
ON CONFLICT (bucket, kind) DO UPDATE
SET since = CASE WHEN t.since + $4 <= $3 THEN $3 ELSE t.since END,
    tries = CASE WHEN t.since + $4 <= $3 THEN 1 ELSE t.tries + 1 END
RETURNING tries, since;

-- name: keep_code
UPDATE link SET code = $2, code_expires_at = $3, code_tries = 0 WHERE hash = $1;

-- name: enter_code
UPDATE link
SET code_tries = code_tries + 1,
    wrong = wrong + CASE WHEN code = $2 THEN 0 ELSE 1 END,
    pass = CASE WHEN code = $2 THEN $3 ELSE pass END,
    pass_expires_at = CASE WHEN code = $2 THEN $5 ELSE pass_expires_at END,
    code = CASE WHEN code = $2 THEN NULL ELSE code END
WHERE hash = $1 AND code IS NOT NULL AND code_expires_at > $4 AND code_tries < $6
RETURNING coalesce(pass = $3, false);

-- name: pass_holds
SELECT EXISTS (SELECT FROM link WHERE hash = $1 AND pass = $2 AND pass_expires_at > $3);

-- name: note_answered
UPDATE link SET answered_at = $4 WHERE mediation = $1 AND task = $2 AND organisation = $3 AND answered_at IS NULL;

-- name: answer_of_task
SELECT e.document -> 'answer' AS answer, e.at, c.document -> 'by' ->> 'organisation' AS organisation
FROM event e JOIN command c ON c.mediation = e.mediation AND c.ordinal = e.ordinal
WHERE e.mediation = $1 AND e.type = 'TaskAnswered' AND e.document ->> 'task' = $2;
