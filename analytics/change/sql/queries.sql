-- change_days --
-- What the days of an interval come to in some domains, at each pace, in order; those before a day only where they are rare.
SELECT domain, pace, day, rarity, signs::text AS signs, joint::text AS joint, shift FROM analytics.change_day
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s AND domain = ANY (%(domains)s::text[])
    AND (rarity >= %(least)s OR day >= %(all_from)s)
ORDER BY domain, day;

-- put_change_days --
-- Store what days come to in some domains, each at a pace, in place of what was stored of them; an unchanged one stays untouched.
WITH made AS (
    SELECT domain, pace, day, rarity, shift, signs::jsonb AS signs, joint::jsonb AS joint
    FROM unnest(%(domains)s::text[], %(paces)s::text[], %(days)s::date[], %(rarities)s::float8[], %(shifts)s::float8[],
                %(signs)s::text[], %(joints)s::text[]) AS made (domain, pace, day, rarity, shift, signs, joint)
), forgotten AS (
    DELETE FROM analytics.change_day
    WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s AND domain = ANY (%(judged)s::text[])
        AND (domain, pace, day) NOT IN (SELECT domain, pace, day FROM made)
)
INSERT INTO analytics.change_day (organisation_id, home_id, domain, pace, day, rarity, shift, signs, joint, code_version)
SELECT %(organisation_id)s, %(home_id)s, domain, pace, day, rarity, shift, signs, joint, %(code_version)s FROM made
ON CONFLICT (home_id, domain, pace, day) DO UPDATE
SET rarity = excluded.rarity, shift = excluded.shift, signs = excluded.signs, joint = excluded.joint, code_version = excluded.code_version
WHERE (change_day.rarity, change_day.shift, change_day.signs, change_day.joint, change_day.code_version)
      IS DISTINCT FROM (excluded.rarity, excluded.shift, excluded.signs, excluded.joint, excluded.code_version);
