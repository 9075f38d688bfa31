-- Facts for reports: one row for each thing that is counted. $1 is the municipality (null: all), $2 the zone of days.
-- A trial is counted nowhere.

-- name: report_memory
SELECT set_config('work_mem', '64MB', true);

-- name: report_journeys
SELECT m.id AS mediation, m.outcome, m.stage, start.document #>> '{parties,institution}' AS institution,
       start.document #>> '{parties,district_team}' AS district_team,
       coalesce(way.care_provider, start.document #>> '{parties,care_provider}') AS care_provider,
       coalesce(way.target_group, start.document #>> '{referral,target_group}') AS target_group,
       coalesce(way.track, start.document #>> '{referral,track}', 'ordinary') AS track,
       coalesce(way.household_size, start.document #>> '{referral,household_size}')::integer AS people,
       way.corporation,
       way.district, coalesce(coalesce(way.address_secret, start.document #>> '{referral,address_secret}')::boolean, false)
       AS address_secret, way.urgency_at, way.keys_at, way.keys_on::date AS keys_on,
       way.support_started_on::date AS support_started_on,
       m.opened_at, (m.opened_at AT TIME ZONE $2)::date AS referred_on, (way.urgency_at AT TIME ZONE $2)::date AS urgency_on,
       (way.housing_target AT TIME ZONE $2)::date AS housing_target_on,
       (m.closed_at AT TIME ZONE $2)::date AS closed_on
FROM mediation m JOIN event start ON start.mediation = m.id AND start.sequence = 1
LEFT JOIN (
    SELECT e.mediation,
           min(e.at) FILTER (WHERE e.type = 'UrgencyGranted') AS urgency_at,
           min(e.at) FILTER (WHERE e.type = 'KeysHandedOver') AS keys_at,
           (array_agg(e.document ->> 'on' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type IN ('KeysHandedOver', 'KeysCorrected')))[1] AS keys_on,
           min(e.document ->> 'on') FILTER (WHERE e.type = 'SupportStarted') AS support_started_on,
           min((e.document #>> '{clock,ends_at}')::timestamptz)
               FILTER (WHERE e.type = 'ClockStarted' AND e.document #>> '{clock,kind}' = 'housing_target') AS housing_target,
           (array_agg(e.document ->> 'provider' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type = 'SupportRequested'))[1] AS care_provider,
           (array_agg(e.document #>> '{candidate,dwelling,corporation}' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type = 'OfferPrepared'))[1] AS corporation,
           (array_agg(e.document #>> '{candidate,dwelling,district}' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type = 'OfferPrepared'))[1] AS district,
           (array_agg(e.document #>> '{changes,target_group}' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type = 'ReferralCorrected' AND e.document #>> '{changes,target_group}' IS NOT NULL))[1] AS target_group,
           (array_agg(e.document #>> '{changes,track}' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type = 'ReferralCorrected' AND e.document #>> '{changes,track}' IS NOT NULL))[1] AS track,
           (array_agg(e.document #>> '{changes,household_size}' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type = 'ReferralCorrected' AND e.document #>> '{changes,household_size}' IS NOT NULL))[1] AS household_size,
           (array_agg(e.document #>> '{changes,address_secret}' ORDER BY e.sequence DESC)
               FILTER (WHERE e.type = 'ReferralCorrected' AND e.document #>> '{changes,address_secret}' IS NOT NULL))[1] AS address_secret
    FROM event e
    WHERE e.type IN ('UrgencyGranted', 'KeysHandedOver', 'KeysCorrected', 'SupportStarted', 'ClockStarted', 'SupportRequested', 'OfferPrepared',
                     'ReferralCorrected')
    GROUP BY e.mediation
) AS way ON way.mediation = m.id
WHERE NOT m.test AND ($1::text IS NULL OR m.municipality = $1)
ORDER BY m.opened_at, m.id;

-- name: report_unreadable
SELECT (SELECT count(*) FROM mediation m WHERE NOT m.test AND ($1::text IS NULL OR m.municipality = $1)
          AND (m.stage <> ALL ($2) OR m.outcome <> ALL ($3)))
     + (SELECT count(*) FROM task t JOIN mediation m ON m.id = t.mediation
        WHERE NOT m.test AND ($1::text IS NULL OR m.municipality = $1) AND t.kind <> ALL ($4))
     + (SELECT count(*) FROM event e JOIN mediation m ON m.id = e.mediation
        WHERE e.type = 'StageEntered' AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1)
          AND coalesce(e.document ->> 'stage', '') <> ALL ($2));

-- name: report_pauses
SELECT e.mediation, e.type, e.document ->> 'clock' AS clock, e.at
FROM event e JOIN mediation m ON m.id = e.mediation
WHERE e.type IN ('ClockSuspended', 'ClockResumed', 'ClockStopped') AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1)
  AND EXISTS (SELECT FROM event s WHERE s.mediation = e.mediation AND s.type = 'ClockSuspended')
ORDER BY e.mediation, e.sequence;

-- name: report_stays
SELECT mediation, stage, entered_at, left_at, (left_at AT TIME ZONE $2)::date AS left_on
FROM (SELECT e.mediation, e.type, e.document ->> 'stage' AS stage, e.at AS entered_at,
             lead(e.at) OVER (PARTITION BY e.mediation ORDER BY e.sequence) AS left_at
      FROM event e JOIN mediation m ON m.id = e.mediation
      WHERE e.type IN ('StageEntered', 'MediationClosed') AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1)) AS stay
WHERE type = 'StageEntered';

-- name: report_tasks
SELECT t.mediation, t.kind, t.owner, t.owner_role, t.opened_at, t.due, t.closed_at, (t.closed_at AT TIME ZONE $2)::date AS closed_on,
       t.reminded, t.escalated, coalesce(told.answered, false) AS answered, coalesce(told.overdue, false) AS overdue
FROM task t JOIN mediation m ON m.id = t.mediation
LEFT JOIN (SELECT mediation, document ->> 'task' AS task, bool_or(type = 'TaskAnswered') AS answered,
                  bool_or(type = 'TaskOverdue') AS overdue
           FROM event WHERE type IN ('TaskAnswered', 'TaskOverdue') GROUP BY 1, 2) AS told
       ON told.mediation = t.mediation AND told.task = t.id
WHERE NOT m.test AND ($1::text IS NULL OR m.municipality = $1)
  AND (t.closed_at IS NULL OR (t.closed_at AT TIME ZONE $2)::date BETWEEN $3 AND $4);

-- name: report_offers
SELECT mediation, (min(at) FILTER (WHERE type = 'OfferPrepared') AT TIME ZONE $2)::date AS prepared_on,
       min(document #>> '{candidate,dwelling,corporation}') FILTER (WHERE type = 'OfferPrepared') AS corporation,
       min(document #>> '{candidate,dwelling,district}') FILTER (WHERE type = 'OfferPrepared') AS district,
       bool_or(type = 'OfferAccepted') AS accepted, bool_or(type = 'OfferRefused') AS refused,
       (array_agg(document ->> 'reason' ORDER BY sequence DESC) FILTER (WHERE type = 'OfferRefused'))[1] AS refused_for,
       bool_and((document ->> 'valid')::boolean) FILTER (WHERE type = 'RefusalJudged') AS valid,
       min(document ->> 'reason') FILTER (WHERE type = 'OfferDeclined') AS declined_for,
       min(document ->> 'reason') FILTER (WHERE type = 'OfferWithdrawn') AS withdrawn_for,
       bool_or(type = 'LeaseFailed') AS failed_check, bool_or(type = 'KeysHandedOver') AS housed
FROM (SELECT e.mediation, e.type, e.at, e.document, e.sequence,
             count(*) FILTER (WHERE e.type = 'OfferPrepared') OVER (PARTITION BY e.mediation ORDER BY e.sequence) AS nth
      FROM event e JOIN mediation m ON m.id = e.mediation
      WHERE e.type IN ('OfferPrepared', 'OfferDeclined', 'OfferWithdrawn', 'OfferAccepted', 'OfferRefused', 'RefusalJudged',
                       'LeaseFailed', 'KeysHandedOver')
        AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1)) AS step
WHERE nth > 0
GROUP BY mediation, nth;

-- name: report_waiting
SELECT t.mediation, needs.document AS needs, p.document #>> '{suitability,rents}' AS rents,
       CASE last.type WHEN 'DwellingsListed' THEN last.document END AS listed
FROM task t JOIN mediation m ON m.id = t.mediation JOIN policy p ON p.digest = m.policy
CROSS JOIN LATERAL (
    SELECT coalesce(e.document #>> '{referral,needs}', e.document #>> '{changes,needs}') AS document
    FROM event e WHERE e.mediation = t.mediation
      AND (e.type = 'MediationStarted' OR (e.type = 'ReferralCorrected' AND e.document #>> '{changes,needs}' IS NOT NULL))
    ORDER BY e.sequence DESC LIMIT 1) AS needs
CROSS JOIN LATERAL (
    SELECT e.type, e.document
    FROM event e WHERE e.mediation = t.mediation
      AND (e.type = 'DwellingsListed' OR (e.type = 'TaskOpened' AND e.document #>> '{task,id}' = t.id))
    ORDER BY e.sequence DESC LIMIT 1) AS last
WHERE t.kind = 'make_offer' AND t.closed_at IS NULL AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1);

-- name: report_dwellings_offered
SELECT e.mediation, (e.at AT TIME ZONE $2)::date AS prepared_on, e.document #>> '{candidate,dwelling}' AS dwelling,
       p.document #>> '{suitability,rents}' AS rents
FROM event e JOIN mediation m ON m.id = e.mediation JOIN policy p ON p.digest = m.policy
WHERE e.type = 'OfferPrepared' AND (e.at AT TIME ZONE $2)::date BETWEEN $3 AND $4
  AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1);

-- name: report_support_due
SELECT DISTINCT ON (e.mediation) e.mediation, ((e.document #>> '{task,due}')::timestamptz AT TIME ZONE $2)::date AS due_on
FROM event e JOIN mediation m ON m.id = e.mediation
WHERE e.type = 'TaskOpened' AND e.document #>> '{task,id}' = 'start_support-1' AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1)
ORDER BY e.mediation, e.sequence;

-- name: report_happened
SELECT e.mediation, e.type, (e.at AT TIME ZONE $2)::date AS happened_on, e.at >= keys.at AS after_keys,
       CASE e.type WHEN 'FollowUpHeld' THEN e.document ->> 'result'
                   WHEN 'RuleOverridden' THEN e.document ->> 'rule'
                   WHEN 'ClockExtended' THEN e.document ->> 'clock'
                   WHEN 'ClockExpired' THEN e.document ->> 'clock'
                   WHEN 'SignalReported' THEN e.document #>> '{signal,kind}'
                   WHEN 'AbsenceStarted' THEN e.document #>> '{absence,kind}'
                   WHEN 'ObjectionFiled' THEN e.document ->> 'against'
                   WHEN 'ObjectionDecided' THEN e.document ->> 'result'
                   WHEN 'ComplaintFiled' THEN e.document ->> 'complainant'
                   WHEN 'ComplaintPostponed' THEN e.document ->> 'last_day'
                   WHEN 'ComplaintAnswered' THEN e.document ->> 'result'
                   WHEN 'ComplaintAnswerSent' THEN e.document ->> 'on'
                   WHEN 'DefaultNoticeReceived' THEN e.document #>> '{notice,late}'
                   WHEN 'PenaltyEnded' THEN e.document ->> 'late'
                   WHEN 'OriginDetermined' THEN CASE WHEN e.document ->> 'origin' = m.municipality THEN 'here' ELSE 'elsewhere' END
                   END AS what,
       CASE e.type WHEN 'SignalReported' THEN e.document #>> '{signal,id}'
                   WHEN 'SignalCalmed' THEN e.document ->> 'signal'
                   WHEN 'SignalHandedOver' THEN e.document ->> 'signal'
                   WHEN 'ArrearsNotPassedOn' THEN e.document ->> 'signal'
                   WHEN 'AbsenceStarted' THEN e.document #>> '{absence,since}'
                   WHEN 'AbsenceEnded' THEN e.document ->> 'on'
                   WHEN 'ObjectionFiled' THEN e.document ->> 'suspends'
                   WHEN 'ComplaintFiled' THEN (e.document ->> 'complaint') || ' ' || (e.document ->> 'last_day')
                   WHEN 'ComplaintPostponed' THEN e.document ->> 'complaint'
                   WHEN 'ComplaintAnswered' THEN e.document ->> 'complaint'
                   WHEN 'ComplaintAnswerSent' THEN e.document ->> 'complaint'
                   WHEN 'PenaltyEnded' THEN e.document ->> 'days'
                   WHEN 'OriginDetermined' THEN e.document ->> 'exception' END AS about,
       CASE e.type WHEN 'PenaltyEnded' THEN (e.document ->> 'cents')::int END AS cents
FROM event e JOIN mediation m ON m.id = e.mediation
LEFT JOIN event keys ON keys.mediation = e.mediation AND keys.type = 'KeysHandedOver'
WHERE (e.type <> ALL ($3::text[]) OR (e.type = 'TaskOverdue' AND e.document ->> 'task' LIKE 'decide\_objection-%'))
  AND NOT m.test AND ($1::text IS NULL OR m.municipality = $1)
ORDER BY e.mediation, e.sequence;
