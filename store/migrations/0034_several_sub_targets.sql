-- A client may count for several sub-targets: it is one place all the same.
ALTER TABLE place ADD COLUMN parts text[] NOT NULL DEFAULT '{}';
UPDATE place SET parts = ARRAY[part] WHERE part IS NOT NULL;
ALTER TABLE place DROP COLUMN part;

UPDATE waiting_place
SET claim = (claim - 'part' - 'kept_for_own') || jsonb_build_object(
    'parts', CASE WHEN claim ->> 'part' IS NULL THEN '[]' ELSE jsonb_build_array(claim ->> 'part') END,
    'own', CASE WHEN coalesce((claim ->> 'kept_for_own')::integer, 0) = 0 THEN '[]'
                ELSE jsonb_build_array(jsonb_build_object('name', claim ->> 'part', 'target', (claim ->> 'kept_for_own')::integer)) END);

-- Whether there is room for a claim of a place once all who come before have theirs. Places that are kept for a part
-- are for people of it: for those only others of that part come before. Places kept for other parts count as used until
-- those have them. Who counts for several parts may have a place that is kept for any of them.
CREATE OR REPLACE FUNCTION has_room(claimant text, c jsonb) RETURNS boolean LANGUAGE sql AS $$
    WITH ahead AS (
        SELECT (w.claim ->> 'units')::integer AS units, w.claim -> 'parts' AS parts FROM before_in_queue(claimant, c) w
    ), ledger AS (
        SELECT coalesce(k.used, 0) AS used, coalesce(k.parts, '{}') AS given, (c ->> 'limit')::integer AS places,
               (c ->> 'units')::integer AS units
        FROM (SELECT) AS one
             LEFT JOIN capacity k ON k.ledger = c ->> 'ledger' AND k.period = c ->> 'period'
    ), part AS (
        SELECT name, target, own, coalesce((given ->> name)::integer, 0) AS given,
               coalesce((SELECT sum(ahead.units) FROM ahead WHERE ahead.parts ? name), 0) AS ahead
        FROM ledger, (
            SELECT name, target, false AS own FROM jsonb_to_recordset(c -> 'kept') AS k (name text, target integer)
            UNION ALL
            SELECT name, target, true FROM jsonb_to_recordset(c -> 'own') AS k (name text, target integer)
        ) AS named
    ), kept AS (
        SELECT coalesce(sum(greatest(target - given, 0)), 0) AS now,
               coalesce(sum(greatest(target - given - ahead, 0)), 0) AS later
        FROM part WHERE NOT own
    )
    SELECT places IS NULL
           OR used + (SELECT coalesce(sum(ahead.units), 0) FROM ahead) + units + later <= places
           OR EXISTS (SELECT FROM part WHERE own AND part.given + part.ahead + units <= target
                                             AND used + part.ahead + units + now <= places)
    FROM ledger, kept
$$;

-- Gives a place, if there is room for it.
CREATE OR REPLACE FUNCTION claim_place(claimant text, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    beyond_it boolean := (c ->> 'beyond_limit')::boolean;
    wanted integer := (c ->> 'units')::integer;
BEGIN
    -- from here on the row is locked: what is read after it stays so until the transaction ends
    INSERT INTO capacity AS k (ledger, period, places) VALUES (c ->> 'ledger', c ->> 'period', (c ->> 'limit')::integer)
    ON CONFLICT (ledger, period) DO UPDATE
    SET places = CASE WHEN excluded.places IS NOT NULL THEN greatest(k.places, excluded.places) END
    WHERE k.places IS NOT NULL AND (excluded.places IS NULL OR k.places < excluded.places);
    IF NOT beyond_it AND NOT has_room(claimant, c) THEN
        RETURN jsonb_build_object('ahead', (SELECT count(*) FROM before_in_queue(claimant, c)));
    END IF;
    UPDATE capacity
    SET used = used + CASE WHEN beyond_it THEN 0 ELSE wanted END,
        beyond = beyond + CASE WHEN beyond_it THEN wanted ELSE 0 END,
        parts = CASE WHEN beyond_it THEN capacity.parts
                     ELSE capacity.parts || coalesce(
                         (SELECT jsonb_object_agg(name, coalesce((capacity.parts ->> name)::integer, 0) + wanted)
                          FROM jsonb_array_elements_text(c -> 'parts') AS name), '{}') END
    WHERE ledger = c ->> 'ledger' AND period = c ->> 'period';
    INSERT INTO place (mediation, ledger, period, units, beyond, municipality, parts)
    VALUES (claimant, c ->> 'ledger', c ->> 'period', wanted, beyond_it, c ->> 'municipality',
            ARRAY(SELECT jsonb_array_elements_text(c -> 'parts')))
    ON CONFLICT DO NOTHING;
    RETURN CASE WHEN NOT found THEN '{}'::jsonb END;
END $$;

-- Gives back what a mediation holds.
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
            WITH released AS (DELETE FROM place WHERE mediation = holder RETURNING ledger, period, units, beyond, parts)
            UPDATE capacity k
            SET used = used - CASE WHEN r.beyond THEN 0 ELSE r.units END,
                beyond = k.beyond - CASE WHEN r.beyond THEN r.units ELSE 0 END,
                parts = CASE WHEN r.beyond THEN k.parts
                             ELSE k.parts || coalesce((SELECT jsonb_object_agg(name, (k.parts ->> name)::integer - r.units)
                                                       FROM unnest(r.parts) AS name), '{}') END
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
