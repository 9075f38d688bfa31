-- name: add_key
-- A key, unless there is one of this person; false where the vault key that wraps it ($4 is its mark) is no longer used.
WITH in_use AS (
    SELECT name FROM vault_secret WHERE name = $4 FOR KEY SHARE
), added AS (
    INSERT INTO vault_key (person, lookup, wrapped) SELECT $1, $2::bytea, $3 FROM in_use ON CONFLICT DO NOTHING
)
SELECT EXISTS (SELECT FROM in_use);

-- name: person_by_lookup
SELECT person FROM vault_key WHERE lookup = $1;

-- name: has_open_mediation
SELECT EXISTS (SELECT FROM vault_key JOIN open_person USING (person) WHERE lookup = $1);

-- name: key_of_person
SELECT wrapped FROM vault_key WHERE person = $1;

-- name: person_of_mediation
SELECT person FROM mediation WHERE id = $1;

-- name: put_item
INSERT INTO vault_item (id, person, mediation, kind, author, ciphertext) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO NOTHING;

-- name: put_person
-- While a mediation of this person is open, what is stored stays. What the person is found by is that of what is kept.
WITH kept AS (
    INSERT INTO vault_item (id, person, kind, author, ciphertext) VALUES ($1, $1, 'person', $2, $3)
    ON CONFLICT (id) DO UPDATE SET ciphertext = excluded.ciphertext, stored_at = now()
    WHERE NOT EXISTS (SELECT FROM open_person o WHERE o.person = vault_item.person)
    RETURNING person
), gone AS (
    DELETE FROM vault_index i USING kept WHERE i.person = kept.person AND i.token <> ALL ($4::bytea[])
)
INSERT INTO vault_index (person, token) SELECT kept.person, token FROM kept, unnest($4::bytea[]) AS token
ON CONFLICT DO NOTHING;

-- name: put_referred
-- For one mediation ($5). What others of this person know, and by what the person is found, stays.
WITH kept AS (
    INSERT INTO vault_item (id, person, mediation, kind, author, ciphertext)
    VALUES ($1 || '.' || $5, $1, $5, 'person', $2, $3)
    ON CONFLICT (id) DO UPDATE SET ciphertext = excluded.ciphertext, stored_at = now()
    WHERE NOT EXISTS (SELECT FROM mediation m WHERE m.id = $5)
    RETURNING person
)
INSERT INTO vault_index (person, token) SELECT kept.person, token FROM kept, unnest($4::bytea[]) AS token
ON CONFLICT DO NOTHING;

-- name: stored_of_mediation
-- What its referral stored; for those referred before that was kept apart, what is known of the person.
SELECT i.id, i.person, i.ciphertext FROM mediation m JOIN vault_item i ON i.id IN (m.person, m.person || '.' || m.id)
WHERE m.id = $1 ORDER BY i.mediation NULLS LAST LIMIT 1;

-- name: persons_stored
SELECT id, person, ciphertext FROM vault_item WHERE id = $1
UNION ALL
SELECT i.id, i.person, i.ciphertext FROM mediation m JOIN vault_item i ON i.id = m.person || '.' || m.id
WHERE m.person = $1;

-- name: persons_stored_here
-- What was stored of this person for other mediations of a municipality ($2) than this one ($3), the newest first.
SELECT DISTINCT ON (m.opened_at, m.id) i.id, i.person, i.ciphertext
FROM mediation m JOIN vault_item i ON i.id IN (m.person, m.person || '.' || m.id)
WHERE m.person = $1 AND m.municipality = $2 AND m.id <> $3
ORDER BY m.opened_at DESC, m.id, i.mediation NULLS LAST;

-- name: forget_referred
-- What a referral ($2) stored that came to nothing, and by what only that was found.
WITH gone AS (
    DELETE FROM vault_item WHERE id = $1 || '.' || $2 AND NOT EXISTS (SELECT FROM mediation m WHERE m.id = $2)
    RETURNING person
)
DELETE FROM vault_index i USING gone WHERE i.person = gone.person AND i.token <> ALL ($3::bytea[]);

-- name: changed_under
SELECT EXISTS (SELECT FROM vault_former WHERE key = $1);

-- name: change_person
-- If the item is still what was read ($6), and nothing was changed under this key ($5).
WITH was AS (
    SELECT id, person, author, ciphertext, stored_at FROM vault_item
    WHERE id = $1 AND kind = 'person' AND ciphertext = $6 FOR UPDATE
), former AS (
    INSERT INTO vault_former (key, person, author, ciphertext, stored_at, replaced_by)
    SELECT $5, person, author, ciphertext, stored_at, $2 FROM was ON CONFLICT (key) DO NOTHING RETURNING person
), kept AS (
    UPDATE vault_item i SET ciphertext = $3, author = $2, stored_at = now() FROM former WHERE i.id = $1
    RETURNING i.person
), gone AS (
    DELETE FROM vault_index i USING kept WHERE i.person = kept.person AND i.token <> ALL ($4::bytea[])
)
INSERT INTO vault_index (person, token) SELECT kept.person, token FROM kept, unnest($4::bytea[]) AS token
ON CONFLICT DO NOTHING;

-- name: former_of
SELECT author, ciphertext, stored_at, replaced_at, replaced_by FROM vault_former WHERE person = $1
ORDER BY replaced_at, key;

-- name: people_to_index
SELECT i.person, k.wrapped, array_agg(i.ciphertext ORDER BY i.id) AS texts
FROM vault_item i JOIN vault_key k ON k.person = i.person
WHERE i.kind = 'person' AND k.wrapped IS NOT NULL AND i.person > $1
GROUP BY i.person, k.wrapped ORDER BY i.person LIMIT 200;

-- name: index_person
-- If the person is still what was read.
WITH read AS (
    SELECT id, ciphertext FROM vault_item WHERE person = $1 AND kind = 'person' FOR UPDATE
), kept AS (
    SELECT $1::text AS person WHERE (SELECT array_agg(ciphertext ORDER BY id) FROM read) = $2::bytea[]
), gone AS (
    DELETE FROM vault_index i USING kept WHERE i.person = kept.person AND i.token <> ALL ($3::bytea[])
)
INSERT INTO vault_index (person, token) SELECT kept.person, token FROM kept, unnest($3::bytea[]) AS token
ON CONFLICT DO NOTHING;

-- name: find_people
-- Who has all tokens of one of the ways ($3, $4), if any way is given, and the citizen number $2, if that is.
WITH way AS (
    SELECT DISTINCT number, token FROM unnest($3::integer[], $4::bytea[]) AS w (number, token)
), found AS (
    SELECT DISTINCT person FROM (
        SELECT i.person FROM way JOIN vault_index i ON i.token = way.token GROUP BY i.person, way.number
        HAVING count(*) = (SELECT count(*) FROM way AS whole WHERE whole.number = way.number)
    ) AS one
)
SELECT m.person FROM mediation m JOIN vault_key k ON k.person = m.person
WHERE m.municipality = $1 AND k.wrapped IS NOT NULL
  AND ($2::bytea IS NULL OR k.lookup = $2)
  AND (cardinality($3) = 0 OR m.person IN (SELECT person FROM found))
GROUP BY m.person ORDER BY max(m.opened_at) DESC, m.person LIMIT $5;

-- name: item
SELECT person, ciphertext FROM vault_item WHERE id = $1;

-- name: items_of
SELECT id, person, kind, author, ciphertext, stored_at FROM vault_item
WHERE mediation = $1 AND kind = $2 ORDER BY stored_at, id;

-- name: destroy_key
UPDATE vault_key SET wrapped = NULL WHERE person = $1 AND lookup IS NULL;

-- name: forget_unreferred
-- What a referral stored of a person when its mediation was in no journal: nothing refers to it.
WITH unreferred AS (
    SELECT person FROM vault_key k WHERE lookup = $1 AND NOT EXISTS (SELECT FROM mediation m WHERE m.person = k.person)
), words AS (
    DELETE FROM vault_index i USING unreferred u WHERE i.person = u.person
), items AS (
    DELETE FROM vault_item i USING unreferred u WHERE i.person = u.person
)
UPDATE vault_key k SET lookup = NULL, wrapped = NULL FROM unreferred u WHERE k.person = u.person;

-- name: enter_again
-- For a mediation ($5) that the journal has, and whose client the vault lacks.
WITH kept AS (
    INSERT INTO vault_item (id, person, mediation, kind, author, ciphertext) VALUES ($1 || '.' || $5, $1, $5, 'person', $2, $3)
    RETURNING person
)
INSERT INTO vault_index (person, token) SELECT kept.person, token FROM kept, unnest($4::bytea[]) AS token
ON CONFLICT DO NOTHING;
