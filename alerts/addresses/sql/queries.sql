-- addresses_of --
-- What is entered for some accounts and contacts, in order of preference, with what is gone. A contact with an account of the family is
-- reached in the ways which that account has set up as well: a telephone that shows messages, for instance.
SELECT account_id, contact_id, channel, address, position, verified_at, gone_at, gone_for
FROM (
    SELECT account_id, contact_id, channel, address, position, verified_at, gone_at, gone_for, address_id
    FROM alerts.address
    WHERE account_id = ANY(%(accounts)s::int[]) OR contact_id = ANY(%(contacts)s::int[])
    UNION ALL
    SELECT NULL, close.contact_id, channel, address, position, verified_at, gone_at, gone_for, address_id
    FROM registry.person_account AS close JOIN registry.account USING (account_id) JOIN alerts.address USING (account_id)
    WHERE close.contact_id = ANY(%(contacts)s::int[]) AND close.ended_at IS NULL AND account.active AND gone_at IS NULL
) AS entered
ORDER BY position, address_id;

-- enter_address --
-- Enters an address, or brings one back that was gone.
INSERT INTO alerts.address (account_id, contact_id, channel, address, position, added_at)
VALUES (%(account_id)s, %(contact_id)s, %(channel)s, %(address)s, %(position)s, %(now)s)
ON CONFLICT (account_id, contact_id, channel, address)
DO UPDATE SET position = excluded.position, gone_at = NULL, gone_for = '';

-- mark_address_gone --
-- Notes that an address is not used any more, whoever has it.
UPDATE alerts.address SET gone_at = %(now)s, gone_for = %(reason)s
WHERE channel = %(channel)s AND address = %(address)s AND gone_at IS NULL;

-- mark_address_of_person_gone --
-- Notes that an address of one person is not used any more; what the registry knows by itself is entered as gone.
INSERT INTO alerts.address (account_id, contact_id, channel, address, added_at, gone_at, gone_for)
VALUES (%(account_id)s, %(contact_id)s, %(channel)s, %(address)s, %(now)s, %(now)s, %(reason)s)
ON CONFLICT (account_id, contact_id, channel, address)
DO UPDATE SET gone_at = excluded.gone_at, gone_for = excluded.gone_for;
