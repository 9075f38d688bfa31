-- What became of letters. One row for each key and reader; nothing in it tells who a person is.

-- name: hold_mediation
-- What is recorded changes this row, and waits for it.
SELECT FROM mediation WHERE id = $1 FOR SHARE;

-- name: claim_letter
SELECT pg_try_advisory_lock(hashtextextended($1, 6));

-- name: let_go_of_letter
SELECT pg_advisory_unlock(hashtextextended($1, 6));

-- name: letter_known
SELECT state FROM letter WHERE key = $1 AND reader = $2;

-- name: note_letters
INSERT INTO letter (key, reader, mediation, municipality, channel, state, reference, at, code)
SELECT n.key, n.reader, n.mediation, coalesce(n.municipality, m.municipality), n.channel, n.state, n.reference, n.at, n.code
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
            $9::text[]) AS n (key, reader, mediation, municipality, channel, state, reference, at, code)
     LEFT JOIN mediation m ON m.id = n.mediation
ON CONFLICT (key, reader) DO NOTHING;

-- name: letter_refused
SELECT code FROM letter WHERE key = $1 AND state = 'failed' ORDER BY reader LIMIT 1;

-- name: letter_to_print
SELECT EXISTS (SELECT FROM letter WHERE key = $1 AND reader = $2 AND state = 'to_print');

-- name: letter_sent_at
SELECT at FROM letter WHERE key = $1 AND reader = $2 AND state IN ('posted', 'delivered');

-- name: letters_of
SELECT e.key, e.document ->> 'letter' AS letter, coalesce(l.reader, told.reader) AS reader, l.channel,
       coalesce(l.state, CASE e.result WHEN 'void' THEN 'void' WHEN 'refused' THEN 'failed' WHEN 'done' THEN
                             CASE WHEN held.back AND told.reader = 'client' THEN 'void' ELSE 'failed' END
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

-- name: letters_asked_lately
-- Of each open task the last letter to this reader that left since then.
SELECT DISTINCT ON (t.id) e.document
FROM letter l JOIN effect e ON e.key = l.key
     JOIN task t ON t.mediation = l.mediation AND t.id = e.document ->> 'task' AND t.closed_at IS NULL
WHERE l.mediation = $1 AND l.reader = $2 AND l.at >= $3 AND l.state IN ('posted', 'delivered', 'failed')
ORDER BY t.id, l.at DESC;

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

-- name: digests
-- A trial is told in no digest. What is to be told to each of these organisations that was not told today, since its last digest or else since $6;
-- and to the municipality each time which letters have waited for the post room since before $7.
WITH told AS (
    SELECT o.id, coalesce(max(l.at), $6) AS since
    FROM unnest($4::text[]) AS o (id) LEFT JOIN letter l ON l.reader = o.id AND l.mediation IS NULL AND l.key LIKE $2
    GROUP BY o.id HAVING NOT coalesce(bool_or(l.key = $3), false)
)
SELECT told.id AS organisation, told.since, 'waiting' AS what,
       coalesce((SELECT r.name FROM reference r WHERE r.mediation = t.mediation), t.mediation) AS about, t.kind, t.due AS at,
       t.opened_at, t.id AS part
FROM told JOIN task t ON t.owner = told.id AND t.closed_at IS NULL
     JOIN mediation m ON m.id = t.mediation AND m.municipality = $1 AND NOT m.test
UNION ALL
SELECT told.id, told.since, CASE WHEN m.closed_at IS NULL THEN 'moved' ELSE 'closed' END,
       coalesce((SELECT r.name FROM reference r WHERE r.mediation = m.id), m.id), NULL, NULL, NULL, NULL
FROM told JOIN mediation m ON m.municipality = $1 AND NOT m.test
WHERE m.closed_at > told.since AND m.closed_at <= $5
      AND EXISTS (SELECT FROM participation p WHERE p.mediation = m.id AND p.organisation = told.id
                                                AND (p.until IS NULL AND (p.shown_until IS NULL OR p.shown_until > $5)
                                                     OR p.until = m.closed_at))
   OR m.closed_at IS NULL AND EXISTS (SELECT FROM event e JOIN participation p ON p.mediation = e.mediation
                                      WHERE e.mediation = m.id AND e.type = 'StageEntered' AND e.at > told.since
                                        AND e.at <= $5 AND p.organisation = told.id AND p.until IS NULL
                                        AND e.sequence >= p.first)
UNION ALL
SELECT told.id, told.since, 'failed',
       concat_ws(' ', coalesce((SELECT r.name FROM reference r WHERE r.mediation = l.mediation), l.mediation, l.key),
                 l.reader, l.code), NULL, l.at, NULL, concat_ws(' ', l.key, l.reader)
FROM told JOIN letter l ON l.municipality = told.id AND l.state = 'failed' AND l.at > told.since AND l.at <= $5
     LEFT JOIN mediation m ON m.id = l.mediation
WHERE told.id = $1 AND m.test IS NOT TRUE
UNION ALL
SELECT told.id, told.since, 'to_print', coalesce((SELECT r.name FROM reference r WHERE r.mediation = l.mediation), l.mediation),
       NULL, l.at, NULL, concat_ws(' ', l.key, l.reader)
FROM told JOIN letter l ON l.municipality = told.id AND l.state = 'to_print' AND l.at < $7
     JOIN mediation m ON m.id = l.mediation AND NOT m.test
WHERE told.id = $1
ORDER BY at, about, part;

-- name: letters_to_print
-- After ($2, $3). A letter to a client whose death is reported waits until the municipality knows.
SELECT l.reference AS id, l.mediation, l.key, l.reader, l.at, true AS waits, e.document
FROM letter l JOIN effect e ON e.key = l.key
WHERE l.municipality = $1 AND l.state = 'to_print' AND (l.at, l.reference) > ($2, $3)
      AND NOT (l.reader = 'client' AND EXISTS (SELECT FROM task t WHERE t.mediation = l.mediation
                                               AND t.kind = 'confirm_death' AND t.closed_at IS NULL))
ORDER BY l.at, l.reference LIMIT $4;

-- name: letter_on_paper
-- What became pointless may have been printed before, and left all the same.
SELECT l.reference AS id, l.mediation, l.key, l.reader, l.at, l.state IN ('to_print', 'void') AS waits, e.document
FROM letter l JOIN effect e ON e.key = l.key
WHERE l.municipality = $1 AND l.reference = $2 AND l.channel = 'paper';

-- name: letter_left
UPDATE letter SET state = 'posted', at = $2 WHERE reference = $1 AND state IN ('to_print', 'void');

-- name: letter_not_printed
UPDATE letter SET state = 'void', at = $2 WHERE reference = $1 AND state = 'to_print';

-- name: reference_of
SELECT name FROM reference WHERE mediation = $1;
