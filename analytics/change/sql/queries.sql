-- change_days --
-- What the days of an interval come to in each domain, in order.
SELECT domain, day, signs FROM analytics.change_day
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s ORDER BY domain, day;

-- put_change_day --
-- Store what a day comes to in a domain; an unchanged one stays untouched.
INSERT INTO analytics.change_day (organisation_id, home_id, domain, day, rarity, signs, code_version)
VALUES (%(organisation_id)s, %(home_id)s, %(domain)s, %(day)s, %(rarity)s, %(signs)s, %(code_version)s)
ON CONFLICT (home_id, domain, day) DO UPDATE
SET rarity = excluded.rarity, signs = excluded.signs, code_version = excluded.code_version
WHERE (change_day.signs, change_day.code_version) IS DISTINCT FROM (excluded.signs, excluded.code_version);

-- forget_change_days --
-- Forget what days came to of which nothing is known any more: `kept` are those that stay, as domain and day.
DELETE FROM analytics.change_day
WHERE home_id = %(home_id)s AND day >= %(first)s AND day <= %(last)s
  AND (domain, day) NOT IN (SELECT domain, day FROM unnest(%(domains)s::text[], %(days)s::date[]) AS kept (domain, day));
