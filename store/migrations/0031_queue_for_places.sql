-- Who waits for a place, in which order: the first has it. `rank` is compared part by part, the smaller comes first.
CREATE TABLE waiting_place (
    mediation text COLLATE "C" PRIMARY KEY,
    ledger    text NOT NULL,
    rank      text[] COLLATE "C" NOT NULL,
    resting   boolean NOT NULL,
    claim     jsonb NOT NULL
);
CREATE INDEX ON waiting_place (ledger, rank, mediation);

-- Who comes before a claim in its queue. Who is in a pause lets others go before.
CREATE FUNCTION before_in_queue(claimant text, c jsonb) RETURNS SETOF waiting_place LANGUAGE sql AS $$
    SELECT * FROM waiting_place w
    WHERE w.ledger = c ->> 'ledger' AND w.mediation <> claimant AND NOT w.resting
      AND (w.rank, w.mediation) < (ARRAY(SELECT jsonb_array_elements_text(c -> 'rank')) COLLATE "C", claimant)
$$;

-- Whether there is room for a claim of a place once all who come before have theirs. Places that are kept for a part
-- are for people of it: for those only others of that part come before. Places kept for other parts count as used until
-- those have them.
CREATE FUNCTION has_room(claimant text, c jsonb) RETURNS boolean LANGUAGE sql AS $$
    WITH ahead AS (
        SELECT w.claim ->> 'part' AS part, sum((w.claim ->> 'units')::integer) AS units
        FROM before_in_queue(claimant, c) w GROUP BY w.claim ->> 'part'
    ), ledger AS (
        SELECT coalesce(k.used, 0) AS used, coalesce(k.parts, '{}') AS parts, (c ->> 'limit')::integer AS places,
               (c ->> 'units')::integer AS units, coalesce((c ->> 'kept_for_own')::integer, 0) AS own
        FROM (SELECT) AS one
             LEFT JOIN capacity k ON k.ledger = c ->> 'ledger' AND k.period = c ->> 'period'
    ), kept AS (
        SELECT coalesce(sum(greatest(part.target - given.units, 0)), 0) AS now,
               coalesce(sum(greatest(part.target - given.units - given.ahead, 0)), 0) AS later
        FROM ledger, jsonb_to_recordset(c -> 'kept') AS part (name text, target integer)
             CROSS JOIN LATERAL (
                 SELECT coalesce((ledger.parts ->> part.name)::integer, 0) AS units,
                        coalesce((SELECT ahead.units FROM ahead WHERE ahead.part = part.name), 0) AS ahead
             ) AS given
    ), line AS (
        SELECT coalesce((SELECT sum(units) FROM ahead), 0) AS everybody,
               coalesce((SELECT sum(units) FROM ahead WHERE part = c ->> 'part'), 0) AS of_part
    )
    SELECT places IS NULL
           OR used + everybody + units + later <= places
           OR (coalesce((parts ->> (c ->> 'part'))::integer, 0) + of_part + units <= own
               AND used + of_part + units + now <= places)
    FROM ledger, kept, line
$$;

-- Gives a place, if there is room for it.
CREATE FUNCTION claim_place(claimant text, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
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
        parts = CASE WHEN beyond_it OR c ->> 'part' IS NULL THEN parts
                     ELSE parts || jsonb_build_object(c ->> 'part',
                                                      coalesce((parts ->> (c ->> 'part'))::integer, 0) + wanted) END
    WHERE ledger = c ->> 'ledger' AND period = c ->> 'period';
    INSERT INTO place (mediation, ledger, period, units, beyond, municipality, part)
    VALUES (claimant, c ->> 'ledger', c ->> 'period', wanted, beyond_it, c ->> 'municipality', c ->> 'part')
    ON CONFLICT DO NOTHING;
    RETURN CASE WHEN NOT found THEN '{}'::jsonb END;
END $$;

-- Has a mediation wait in the queue. True when there is room for it after all: who looked (`sought`) must look again,
-- for something came free after that, and whoever gave it back did not see this one wait.
CREATE FUNCTION wait_for_place(claimant text, c jsonb, rests boolean, sought boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    IF sought AND NOT rests AND has_room(claimant, c) THEN
        RETURN true;
    END IF;
    INSERT INTO waiting_place AS w (mediation, ledger, rank, resting, claim)
    VALUES (claimant, c ->> 'ledger', ARRAY(SELECT jsonb_array_elements_text(c -> 'rank')), rests, c)
    ON CONFLICT (mediation) DO UPDATE
    SET ledger = excluded.ledger, rank = excluded.rank, resting = excluded.resting, claim = excluded.claim
    WHERE (w.ledger, w.rank, w.resting, w.claim)
          IS DISTINCT FROM (excluded.ledger, excluded.rank, excluded.resting, excluded.claim);
    RETURN false;
END $$;

-- Says what stands against a claim: nothing (null), `{}`, how many are placed, or that a complex is closed.
CREATE OR REPLACE FUNCTION claim_one(claimant text, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    cap integer := (c ->> 'most')::integer;
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
        RETURN claim_place(claimant, c);

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
