-- put_study --
-- A study of an organisation, made or named anew.
INSERT INTO registry.study (organisation_id, key, name)
SELECT organisation_id, %(key)s, %(name)s FROM registry.organisation WHERE key = %(organisation)s
ON CONFLICT (key) DO UPDATE SET name = excluded.name
RETURNING study_id

-- put_arm --
-- An arm of a study; whether it is the control arm may change.
INSERT INTO registry.study_arm (study_id, arm, is_control) VALUES (%(study)s, %(arm)s, %(control)s)
ON CONFLICT (study_id, arm) DO UPDATE SET is_control = excluded.is_control

-- study --
-- A study by its key.
SELECT study_id FROM registry.study WHERE key = %(key)s

-- arms --
-- The arms of a study.
SELECT arm FROM registry.study_arm WHERE study_id = %(study)s ORDER BY is_control, arm

-- enrol --
-- A person, by key, takes part in a study from a day on, in an arm.
INSERT INTO registry.study_member (organisation_id, study_id, person_id, arm, enrolled_on)
SELECT organisation_id, %(study)s, person_id, %(arm)s, %(day)s FROM registry.person WHERE key = %(person)s
ON CONFLICT (study_id, person_id) DO UPDATE SET arm = excluded.arm, enrolled_on = excluded.enrolled_on, left_on = NULL

-- leave --
-- A person left a study; the row stays, so that it can be told how many did.
UPDATE registry.study_member SET left_on = %(day)s
FROM registry.person
WHERE person.person_id = study_member.person_id AND study_id = %(study)s AND person.key = %(person)s AND enrolled_on <= %(day)s

-- studies --
-- All studies, and how many take part in each arm.
SELECT study.key, study.name, organisation.key AS organisation, study_arm.arm, is_control,
    count(person_id)::int AS enrolled, count(left_on)::int AS has_left
FROM registry.study
JOIN registry.organisation USING (organisation_id)
JOIN registry.study_arm USING (study_id)
LEFT JOIN registry.study_member ON study_member.study_id = study.study_id AND study_member.arm = study_arm.arm
GROUP BY 1, 2, 3, 4, 5
ORDER BY study.key, is_control, study_arm.arm
