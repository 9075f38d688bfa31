-- In which role its owner has a task. What was asked before is filled in with whose such tasks were until then.
ALTER TABLE task ADD COLUMN owner_role text NOT NULL DEFAULT 'coordinator';
UPDATE task SET owner_role = CASE
    WHEN owner = (SELECT municipality FROM mediation WHERE id = task.mediation) THEN 'coordinator'
    WHEN kind IN ('supplement', 'review_readiness', 'hold_viewing', 'answer_offer') THEN 'institution'
    WHEN kind IN ('assess', 'take_up_follow_on', 'visit_client') THEN 'district_team'
    WHEN kind IN ('confirm_offer', 'plan_viewing', 'sign_lease', 'hand_over_keys', 'arrange_onward_move', 'hold_talk',
                  'acknowledge_signal', 'remind_arrears', 'contact_tenant', 'offer_debt_help', 'decide_conversion')
        THEN 'corporation'
    WHEN kind IN ('confirm_support', 'await_retour', 'start_support', 'complete_landing', 'agree_plan', 'ask_guide',
                  'hold_joint_talk', 'review_signal', 'contact_client', 'review_time_out') THEN 'care_provider'
    ELSE 'coordinator' END;
