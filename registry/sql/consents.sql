-- apply_consents --
-- Records the legal bases that are not there, from the beginning of a local day to the end of one; never brings back what was
-- withdrawn.
INSERT INTO registry.consent AS old (organisation_id, person_id, purpose, basis, valid_from, valid_until, note)
SELECT person.organisation_id, person_id, wanted.purpose, wanted.basis, wanted.since::date::timestamp AT TIME ZONE home.timezone,
       (nullif(wanted.until, '')::date + 1)::timestamp AT TIME ZONE home.timezone, wanted.note
FROM jsonb_to_recordset(%(rows)s) AS wanted (person text, purpose text, basis text, since text, until text, note text)
JOIN registry.person ON person.key = wanted.person
JOIN registry.home USING (home_id)
ON CONFLICT (person_id, purpose, valid_from) DO UPDATE
SET basis = excluded.basis, valid_until = excluded.valid_until, note = excluded.note
WHERE (old.basis, old.valid_until, old.note) IS DISTINCT FROM (excluded.basis, excluded.valid_until, excluded.note)
  AND old.withdrawn_at IS NULL
RETURNING xmax = 0 AS made;

-- apply_shares --
-- Shares what is not shared yet and never was: what was ended or changed by somebody stays as they left it.
WITH wanted AS (
    SELECT person.organisation_id, person.person_id, contact_id, data, from_minute, to_minute
    FROM jsonb_to_recordset(%(rows)s) AS wanted (person text, contact text, data text, from_minute smallint, to_minute smallint)
    JOIN registry.person ON person.key = wanted.person
    JOIN registry.contact USING (person_id)
    WHERE contact.key = wanted.contact
), made AS (
    INSERT INTO registry.share (organisation_id, person_id, contact_id, data, from_minute, to_minute)
    SELECT organisation_id, person_id, contact_id, data, from_minute, to_minute FROM wanted
    WHERE NOT EXISTS (SELECT FROM registry.share WHERE share.contact_id = wanted.contact_id AND share.data = wanted.data)
    RETURNING true AS made
), changed AS (
    UPDATE registry.share SET from_minute = wanted.from_minute, to_minute = wanted.to_minute
    FROM wanted
    WHERE share.contact_id = wanted.contact_id AND share.data = wanted.data AND share.ended_at IS NULL AND share.set_by IS NULL
      AND (share.from_minute, share.to_minute) <> (wanted.from_minute, wanted.to_minute)
    RETURNING false AS made
)
SELECT made FROM made UNION ALL SELECT made FROM changed;

-- apply_closeness --
-- Says which accounts are close to whom, and as what; what was ended stays ended.
INSERT INTO registry.person_account AS old (organisation_id, account_id, person_id, capacity, contact_id)
SELECT person.organisation_id, account_id, person.person_id, wanted.capacity, contact_id
FROM jsonb_to_recordset(%(rows)s) AS wanted (login text, person text, capacity text, contact text)
JOIN registry.account USING (login)
JOIN registry.person ON person.key = wanted.person
LEFT JOIN registry.contact ON contact.person_id = person.person_id AND contact.key = wanted.contact
ON CONFLICT (account_id, person_id) DO UPDATE SET capacity = excluded.capacity, contact_id = excluded.contact_id
WHERE (old.capacity, old.contact_id) IS DISTINCT FROM (excluded.capacity, excluded.contact_id) AND old.ended_at IS NULL
RETURNING xmax = 0 AS made;

-- decided --
-- What stands of the data of a person, for whoever decides about it.
SELECT * FROM registry.decided(%(public_id)s, %(now)s);

-- viewer_persons --
-- The persons the viewer is close to.
SELECT * FROM registry.viewer_persons(%(now)s);

-- viewer_shared --
-- What is shared with the viewer now.
SELECT person_id, data FROM registry.viewer_shared(%(now)s);

-- viewer_agreed --
-- What is agreed for the viewer at whatever hour.
SELECT person_id, data, from_minute, to_minute FROM registry.viewer_agreed(%(now)s);

-- give_consent --
-- Records a legal basis as the viewer.
SELECT registry.give_consent(%(public_id)s, %(purpose)s, %(basis)s, %(start)s, %(end)s, %(note)s, %(now)s) AS public_id;

-- withdraw_consent --
-- Withdraws what holds of a purpose as the viewer.
SELECT registry.withdraw_consent(%(public_id)s, %(purpose)s, %(now)s) AS ended;

-- set_share --
-- Shares a kind of data with a contact in some hours, or takes it back, as the viewer.
SELECT registry.set_share(%(public_id)s, %(contact)s, %(data)s, %(from_minute)s, %(to_minute)s, %(now)s) AS changed;

-- begin_pause --
-- Pauses a home for a person as the viewer.
SELECT registry.begin_pause(%(public_id)s, %(until)s, %(now)s) AS since;

-- end_pause --
-- Ends the pause of a home for a person as the viewer.
SELECT registry.end_pause(%(public_id)s, %(now)s) AS since;

-- unwatched --
-- When nothing of the wellbeing of some homes is looked at or recorded, as far as it reaches beyond an instant; for services.
SELECT home_id, started_at, ended_at FROM registry.unwatched
WHERE home_id = ANY (%(homes)s::int[]) AND coalesce(ended_at, 'infinity') > %(start)s
ORDER BY home_id, started_at;

-- make_invitation --
-- Makes an invitation as the viewer.
SELECT registry.make_invitation(%(public_id)s, %(capacity)s, %(contact)s, %(digest)s, %(expires_at)s, %(now)s) AS public_id;

-- revoke_invitation --
-- Takes an invitation back as the viewer.
SELECT registry.revoke_invitation(%(invitation)s, %(now)s) AS revoked;

-- look_at_invitation --
-- What whoever holds a code is told.
SELECT * FROM registry.look_at_invitation(%(digest)s, %(now)s);

-- accept_invitation --
-- Makes the account of whoever was invited.
SELECT registry.accept_invitation(%(digest)s, %(login)s, %(name)s, %(hash)s, %(language)s, %(now)s) AS account_id;

-- join_by_invitation --
-- Uses an invitation as the viewer.
SELECT registry.join_by_invitation(%(digest)s, %(now)s) AS joined;
