-- Everything scarce that one decision needs is claimed by one statement, in the order given, all of it or nothing; and
-- what it gives back is given back by one. The tables keep the limits; the order keeps two mediations from waiting for
-- each other in a circle.

-- Says what stands against a claim: nothing (null), `{}`, how many are placed, or that a complex is closed.
CREATE FUNCTION claim_one(claimant text, c jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
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
            WHERE municipality = c ->> 'municipality' AND corporation = c ->> 'corporation' AND name = c ->> 'name'
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
        INSERT INTO spread AS s (municipality, scope, corporation, name, period, most)
        VALUES (c ->> 'municipality', c ->> 'scope', c ->> 'corporation', c ->> 'name', c ->> 'period', cap)
        ON CONFLICT (municipality, scope, corporation, name, period) DO UPDATE
        SET most = CASE WHEN excluded.most IS NOT NULL THEN greatest(s.used, excluded.most) END
        WHERE s.most IS DISTINCT FROM excluded.most;
        INSERT INTO placement (municipality, scope, corporation, name, period, mediation, beyond)
        VALUES (c ->> 'municipality', c ->> 'scope', c ->> 'corporation', c ->> 'name', c ->> 'period', claimant,
                (c ->> 'beyond_limit')::boolean)
        ON CONFLICT DO NOTHING;
        IF NOT found THEN
            RETURN NULL;  -- held already, and counted once
        END IF;
        UPDATE spread
        SET used = used + CASE WHEN (c ->> 'beyond_limit')::boolean THEN 0 ELSE 1 END,
            beyond = beyond + CASE WHEN (c ->> 'beyond_limit')::boolean THEN 1 ELSE 0 END
        WHERE municipality = c ->> 'municipality' AND scope = c ->> 'scope' AND corporation = c ->> 'corporation'
          AND name = c ->> 'name' AND period = c ->> 'period'
          AND ((c ->> 'beyond_limit')::boolean OR cap IS NULL OR used < cap);
        IF NOT found THEN
            RETURN (SELECT jsonb_build_object('used', used, 'most', cap) FROM spread
                    WHERE municipality = c ->> 'municipality' AND scope = c ->> 'scope'
                      AND corporation = c ->> 'corporation' AND name = c ->> 'name' AND period = c ->> 'period');
        END IF;
    END CASE;
    RETURN CASE WHEN NOT found THEN '{}'::jsonb END;
END $$;

-- Claims everything, or nothing: then `{"place": ..., "against": ...}` of the first claim that is gone.
CREATE FUNCTION claim_scarce(claimant text, claims jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    one jsonb;
    place integer := 0;
    against jsonb;
BEGIN
    FOR one IN SELECT value FROM jsonb_array_elements(claims) WITH ORDINALITY ORDER BY ordinality LOOP
        against := claim_one(claimant, one);
        IF against IS NOT NULL THEN
            RAISE SQLSTATE 'DM001';  -- takes back what was claimed before it
        END IF;
        place := place + 1;
    END LOOP;
    RETURN NULL;
EXCEPTION WHEN SQLSTATE 'DM001' THEN
    RETURN jsonb_build_object('place', place, 'against', against);
END $$;

-- Gives back what the mediation holds; what it does not hold stays as it is.
CREATE FUNCTION release_scarce(holder text, claims jsonb) RETURNS void LANGUAGE plpgsql AS $$
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
                  AND name = c ->> 'name' AND period = c ->> 'period' AND mediation = holder
                RETURNING *
            )
            UPDATE spread s
            SET used = used - CASE WHEN r.beyond THEN 0 ELSE 1 END,
                beyond = s.beyond - CASE WHEN r.beyond THEN 1 ELSE 0 END
            FROM released r
            WHERE (s.municipality, s.scope, s.corporation, s.name, s.period)
                  = (r.municipality, r.scope, r.corporation, r.name, r.period);
        END CASE;
    END LOOP;
END $$;
