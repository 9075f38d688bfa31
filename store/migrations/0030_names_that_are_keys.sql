-- Complexes are known by a key, which is their name without case, kind of space, dash and apostrophe: the register and
-- the corporation's system write it otherwise. The name stays as it was written, to be shown.

-- As `comparable` in domain/facts/names.py, for names in letters of Western Europe.
CREATE FUNCTION pg_temp.comparable(name text) RETURNS text LANGUAGE sql AS $$
    SELECT trim(regexp_replace(normalize(
        replace(lower(translate(normalize(
            translate(name, U&'\2018\2019\02BC`\00B4\200B\200C\200D\2060\FEFF\00AD', repeat('''', 5)),
            NFKC), U&'\2010\2012\2013\2014\2015' || 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽŸ',
            '-----' || 'àáâãäåæçèéêëìíîïñòóôõöøùúûüýœšžÿ')), 'ß', 'ss'),
        NFKC), '[[:space:][:cntrl:]]+', ' ', 'g'))
$$;

ALTER TABLE placement DROP CONSTRAINT placement_municipality_scope_corporation_name_period_fkey;
ALTER TABLE placement DROP CONSTRAINT placement_pkey;
ALTER TABLE spread DROP CONSTRAINT spread_pkey;
ALTER TABLE complex DROP CONSTRAINT complex_pkey;

-- Of what was told of one complex under several names, the strictest stays.
ALTER TABLE complex ADD COLUMN key text;
UPDATE complex SET key = pg_temp.comparable(name);
WITH one AS (
    SELECT municipality, corporation, key, max(name) AS name, bool_and(eligible) AS eligible, min(most) AS most,
           max(closed_until) AS closed_until, min(review_on) AS review_on
    FROM complex GROUP BY municipality, corporation, key
)
UPDATE complex c SET eligible = one.eligible, most = one.most, closed_until = one.closed_until, review_on = one.review_on
FROM one WHERE (c.municipality, c.corporation, c.name) = (one.municipality, one.corporation, one.name);
DELETE FROM complex c USING complex other
WHERE (c.municipality, c.corporation, c.key) = (other.municipality, other.corporation, other.key) AND c.name < other.name;
ALTER TABLE complex ALTER COLUMN key SET NOT NULL;
ALTER TABLE complex ADD PRIMARY KEY (municipality, corporation, key);

-- Placements under several names are placements in one complex. A cap that is exceeded so takes nothing away.
ALTER TABLE spread ADD COLUMN key text;
UPDATE spread SET key = pg_temp.comparable(name);
WITH one AS (
    SELECT municipality, scope, corporation, key, period, max(name) AS name, sum(used)::integer AS used,
           sum(beyond)::integer AS beyond, min(most) AS most
    FROM spread GROUP BY municipality, scope, corporation, key, period
)
UPDATE spread s SET used = one.used, beyond = one.beyond, most = greatest(one.used, one.most)
FROM one
WHERE (s.municipality, s.scope, s.corporation, s.name, s.period)
      = (one.municipality, one.scope, one.corporation, one.name, one.period);
DELETE FROM spread s USING spread other
WHERE (s.municipality, s.scope, s.corporation, s.key, s.period)
      = (other.municipality, other.scope, other.corporation, other.key, other.period) AND s.name < other.name;
ALTER TABLE spread ALTER COLUMN key SET NOT NULL;
ALTER TABLE spread ADD PRIMARY KEY (municipality, scope, corporation, key, period);

ALTER TABLE placement RENAME COLUMN name TO key;
UPDATE placement SET key = pg_temp.comparable(key);
ALTER TABLE placement ADD PRIMARY KEY (mediation, scope, corporation, key, period);
ALTER TABLE placement ADD FOREIGN KEY (municipality, scope, corporation, key, period) REFERENCES spread;

-- Says what stands against a claim: nothing (null), `{}`, how many are placed, or that a complex is closed.
CREATE OR REPLACE FUNCTION claim_one(claimant text, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    cap integer := (c ->> 'most')::integer;
    allowed integer := (c ->> 'limit')::integer;
    closed jsonb;
    register complex;
BEGIN
    CASE c ->> 'type'
    WHEN 'person' THEN
        INSERT INTO open_person (person, mediation) VALUES (c ->> 'person', claimant) ON CONFLICT DO NOTHING;

    WHEN 'dwelling' THEN
        INSERT INTO kept_dwelling (corporation, dwelling, mediation)
        VALUES (c ->> 'corporation', c ->> 'dwelling', claimant) ON CONFLICT DO NOTHING;

    WHEN 'place' THEN
        INSERT INTO capacity AS k (ledger, period, places) VALUES (c ->> 'ledger', c ->> 'period', allowed)
        ON CONFLICT (ledger, period) DO UPDATE
        SET places = CASE WHEN excluded.places IS NOT NULL THEN greatest(k.places, excluded.places) END
        WHERE k.places IS NOT NULL AND (excluded.places IS NULL OR k.places < excluded.places);
        IF (c ->> 'beyond_limit')::boolean THEN
            UPDATE capacity SET beyond = beyond + (c ->> 'units')::integer
            WHERE ledger = c ->> 'ledger' AND period = c ->> 'period';
        ELSE
            -- Places kept for other parts count as used until those parts have them.
            UPDATE capacity k
            SET used = used + (c ->> 'units')::integer,
                parts = CASE WHEN c ->> 'part' IS NULL THEN parts
                             ELSE parts || jsonb_build_object(c ->> 'part', coalesce((parts ->> (c ->> 'part'))::integer, 0)
                                                              + (c ->> 'units')::integer) END
            WHERE ledger = c ->> 'ledger' AND period = c ->> 'period'
              AND (allowed IS NULL
                   OR used + (c ->> 'units')::integer
                      + (SELECT coalesce(sum(greatest(kept.target - coalesce((k.parts ->> kept.name)::integer, 0), 0)), 0)
                         FROM jsonb_to_recordset(c -> 'kept') AS kept (name text, target integer)) <= allowed);
        END IF;
        IF NOT found THEN
            RETURN '{}';
        END IF;
        INSERT INTO place (mediation, ledger, period, units, beyond, municipality, part)
        VALUES (claimant, c ->> 'ledger', c ->> 'period', (c ->> 'units')::integer, (c ->> 'beyond_limit')::boolean,
                c ->> 'municipality', c ->> 'part')
        ON CONFLICT DO NOTHING;

    WHEN 'spread' THEN
        IF c ->> 'scope' = 'complex' THEN
            -- Held until the transaction ends, so that a complex is never closed in between.
            SELECT * INTO register FROM complex
            WHERE municipality = c ->> 'municipality' AND corporation = c ->> 'corporation' AND key = c ->> 'key'
            FOR SHARE;
            IF found THEN
                cap := least(cap, register.most);
                IF NOT register.eligible OR register.closed_until >= (c ->> 'on')::date THEN
                    closed := jsonb_build_object('eligible', register.eligible, 'until', register.closed_until,
                                                 'reason', register.reason);
                END IF;
            END IF;
        END IF;
        IF closed IS NOT NULL AND NOT (c ->> 'beyond_limit')::boolean THEN
            RETURN closed;
        END IF;
        INSERT INTO spread AS s (municipality, scope, corporation, key, name, period, most)
        VALUES (c ->> 'municipality', c ->> 'scope', c ->> 'corporation', c ->> 'key', c ->> 'name', c ->> 'period', cap)
        ON CONFLICT (municipality, scope, corporation, key, period) DO UPDATE
        SET most = CASE WHEN excluded.most IS NOT NULL THEN greatest(s.used, excluded.most) END
        WHERE s.most IS DISTINCT FROM excluded.most;
        INSERT INTO placement (municipality, scope, corporation, key, period, mediation, beyond)
        VALUES (c ->> 'municipality', c ->> 'scope', c ->> 'corporation', c ->> 'key', c ->> 'period', claimant,
                (c ->> 'beyond_limit')::boolean)
        ON CONFLICT DO NOTHING;
        IF NOT found THEN
            RETURN NULL;  -- held already, and counted once
        END IF;
        UPDATE spread
        SET used = used + CASE WHEN (c ->> 'beyond_limit')::boolean THEN 0 ELSE 1 END,
            beyond = beyond + CASE WHEN (c ->> 'beyond_limit')::boolean THEN 1 ELSE 0 END
        WHERE municipality = c ->> 'municipality' AND scope = c ->> 'scope' AND corporation = c ->> 'corporation'
          AND key = c ->> 'key' AND period = c ->> 'period'
          AND ((c ->> 'beyond_limit')::boolean OR cap IS NULL OR used < cap);
        IF NOT found THEN
            RETURN (SELECT jsonb_build_object('used', used, 'most', cap) FROM spread
                    WHERE municipality = c ->> 'municipality' AND scope = c ->> 'scope'
                      AND corporation = c ->> 'corporation' AND key = c ->> 'key' AND period = c ->> 'period');
        END IF;
    END CASE;
    RETURN CASE WHEN NOT found THEN '{}'::jsonb END;
END $$;

-- Gives back what the mediation holds; what it does not hold stays as it is.
CREATE OR REPLACE FUNCTION release_scarce(holder text, claims jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c jsonb;
BEGIN
    FOR c IN SELECT value FROM jsonb_array_elements(claims) WITH ORDINALITY ORDER BY ordinality LOOP
        CASE c ->> 'type'
        WHEN 'person' THEN
            DELETE FROM open_person WHERE person = c ->> 'person' AND mediation = holder;

        WHEN 'dwelling' THEN
            DELETE FROM kept_dwelling
            WHERE corporation = c ->> 'corporation' AND dwelling = c ->> 'dwelling' AND mediation = holder;

        WHEN 'place' THEN
            WITH released AS (DELETE FROM place WHERE mediation = holder RETURNING ledger, period, units, beyond, part)
            UPDATE capacity k
            SET used = used - CASE WHEN r.beyond THEN 0 ELSE r.units END,
                beyond = k.beyond - CASE WHEN r.beyond THEN r.units ELSE 0 END,
                parts = CASE WHEN r.beyond OR r.part IS NULL THEN k.parts
                             ELSE k.parts || jsonb_build_object(r.part, (k.parts ->> r.part)::integer - r.units) END
            FROM released r WHERE k.ledger = r.ledger AND k.period = r.period;

        WHEN 'spread' THEN
            WITH released AS (
                DELETE FROM placement
                WHERE municipality = c ->> 'municipality' AND scope = c ->> 'scope' AND corporation = c ->> 'corporation'
                  AND key = c ->> 'key' AND period = c ->> 'period' AND mediation = holder
                RETURNING *
            )
            UPDATE spread s
            SET used = used - CASE WHEN r.beyond THEN 0 ELSE 1 END,
                beyond = s.beyond - CASE WHEN r.beyond THEN 1 ELSE 0 END
            FROM released r
            WHERE (s.municipality, s.scope, s.corporation, s.key, s.period)
                  = (r.municipality, r.scope, r.corporation, r.key, r.period);
        END CASE;
    END LOOP;
END $$;
