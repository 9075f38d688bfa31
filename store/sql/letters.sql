-- What became of letters. One row for each key and reader; nothing in it tells who a person is.

-- name: hold_mediation
SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 1));

-- name: claim_letter
SELECT pg_try_advisory_lock(hashtextextended($1, 6));

-- name: let_go_of_letter
SELECT pg_advisory_unlock(hashtextextended($1, 6));

-- name: letter_known
SELECT state FROM letter WHERE key = $1 AND reader = $2;

-- name: note_letter
INSERT INTO letter (key, reader, mediation, municipality, channel, state, reference, at, code)
SELECT $1, $2, $3, coalesce($4, (SELECT municipality FROM mediation WHERE id = $3)), $5, $6, $7, $8, $9
ON CONFLICT (key, reader) DO NOTHING;

-- name: letter_refused
SELECT code FROM letter WHERE key = $1 AND state = 'failed' ORDER BY reader LIMIT 1;

-- name: letter_sent_at
SELECT at FROM letter WHERE key = $1 AND reader = $2 AND state IN ('posted', 'delivered');

-- name: letters_of
SELECT e.key, e.document ->> 'letter' AS letter, coalesce(l.reader, told.reader) AS reader, l.channel,
       coalesce(l.state, CASE e.result WHEN 'void' THEN 'void' WHEN 'refused' THEN 'failed' WHEN 'done' THEN
                             CASE WHEN held.back AND told.reader = 'client' THEN 'void' ELSE 'posted' END
                         ELSE 'waiting' END) AS state,
       coalesce(l.at, e.settled_at, e.asked_at) AS at, l.code, e.document ->> 'task' AS task
FROM effect e
     CROSS JOIN LATERAL (SELECT e.document ->> 'organisation' AS reader WHERE e.document ->> 'organisation' IS NOT NULL
                         UNION ALL
                         SELECT json_array_elements_text(e.document -> 'readers')
                         WHERE e.document ->> 'organisation' IS NULL) AS told
     CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM command c WHERE c.mediation = e.mediation
                                        AND c.id = e.key || ':learned' AND c.type = 'LearnHeldBack') AS back) AS held
     LEFT JOIN letter l ON l.key = e.key AND l.reader = told.reader
WHERE e.mediation = $1 AND e.type = 'SendLetter'
ORDER BY e.asked_at, e.key, told.reader;

-- name: letters_under_way
SELECT key, reader, mediation, reference, at FROM letter
WHERE municipality = $1 AND state = 'posted' AND channel = 'notify' AND reference IS NOT NULL AND (at, key, reader) > ($2, $3, $4)
ORDER BY at, key, reader LIMIT 100;

-- name: letter_arrived
UPDATE letter SET state = 'delivered', at = $2 WHERE reference = $1 AND state = 'posted';

-- name: letter_came_back
UPDATE letter SET state = 'failed', code = $2, at = $3 WHERE reference = $1 AND state <> 'failed';

-- name: letter_by_reference
SELECT l.key, l.reader, l.mediation, l.state, l.code, e.document
FROM letter l LEFT JOIN effect e ON e.key = l.key WHERE l.reference = $1;

-- name: death_reported
SELECT EXISTS (SELECT FROM task WHERE mediation = $1 AND kind = 'confirm_death' AND closed_at IS NULL);

-- name: digest_tasks
SELECT t.owner, t.mediation, t.kind, t.due, t.opened_at
FROM task t JOIN mediation m ON m.id = t.mediation
WHERE t.owner = ANY($2) AND t.closed_at IS NULL AND m.municipality = $1
ORDER BY t.due, t.mediation, t.id;

-- name: digest_changes
SELECT told.organisation, m.id, m.closed_at IS NOT NULL AS closed
FROM unnest($2::text[], $3::timestamptz[]) AS told (organisation, since)
JOIN mediation m ON m.organisations @> ARRAY[told.organisation]
WHERE m.municipality = $1
  AND (m.closed_at > told.since AND m.closed_at <= $4
       OR m.closed_at IS NULL AND EXISTS (SELECT FROM event e WHERE e.mediation = m.id AND e.type = 'StageEntered'
                                                                AND e.at > told.since AND e.at <= $4))
ORDER BY m.id;

-- name: digest_failed
SELECT key, reader, mediation, code FROM letter
WHERE municipality = $1 AND state = 'failed' AND at > $2 AND at <= $3 ORDER BY at, key, reader;

-- name: last_digests
SELECT reader, max(at) AS at, bool_or(key = $2) AS told FROM letter
WHERE mediation IS NULL AND key LIKE $1 AND reader = ANY($3) GROUP BY reader;
