-- change_days --
-- What the days of an interval come to in each domain and pace, in order.
SELECT domain, pace, day, rarity, signs::text AS signs, joint::text AS joint, shift FROM analytics.change_day
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY domain, day;

-- put_change_day --
-- Store what a day comes to in a domain at a pace; an unchanged one stays untouched.
INSERT INTO analytics.change_day (organisation_id, home_id, domain, pace, day, rarity, shift, signs, joint, code_version)
VALUES (
    %(organisation_id)s, %(home_id)s, %(domain)s, %(pace)s, %(day)s, %(rarity)s, %(shift)s, %(signs)s, %(joint)s,
    %(code_version)s
)
ON CONFLICT (home_id, domain, pace, day) DO UPDATE
SET rarity = excluded.rarity, shift = excluded.shift, signs = excluded.signs, joint = excluded.joint, code_version = excluded.code_version
WHERE (change_day.rarity, change_day.shift, change_day.signs, change_day.joint, change_day.code_version)
      IS DISTINCT FROM (excluded.rarity, excluded.shift, excluded.signs, excluded.joint, excluded.code_version);

-- forget_change_days --
-- Forget what days came to of which nothing is known any more: `kept` are those that stay, as domain, pace and day.
DELETE FROM analytics.change_day
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s
  AND (domain, pace, day) NOT IN (
      SELECT domain, pace, day
      FROM unnest(%(domains)s::text[], %(paces)s::text[], %(days)s::date[]) AS kept (domain, pace, day)
  );
