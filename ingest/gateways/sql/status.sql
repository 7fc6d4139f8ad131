-- upsert_status --
-- The last word of a gateway. Within one boot its uptime tells which word is later, whatever its clock does; a last will
-- always counts, except that of an earlier boot. Says whether the gateway is known.
WITH known AS (
    SELECT gateway_id, organisation_id FROM devices.gateway WHERE key = %(key)s
), said AS (
    INSERT INTO ingest.gateway_status AS last (gateway_id, organisation_id, online, changed_at, received_at, said_at, boot,
                                               queued, oldest_unsent, thinned, clock, version, uptime_s, power,
                                               trouble, unheard, unreachable, told, update_result, update_version,
                                               update_reason, update_at, mains_lost, mains_back)
    SELECT gateway_id, organisation_id, %(online)s, %(received_at)s, %(received_at)s, %(said_at)s, %(boot)s,
           %(queued)s, %(oldest_unsent)s, %(thinned)s, %(clock)s, %(version)s, %(uptime_s)s, %(power)s,
           %(trouble)s, %(unheard)s, %(unreachable)s, %(told)s, %(update_result)s, %(update_version)s, %(update_reason)s,
           %(update_at)s, %(mains_lost)s, %(mains_back)s
    FROM known
    ON CONFLICT (gateway_id) DO UPDATE
    SET organisation_id = excluded.organisation_id,
        online = excluded.online,
        changed_at = CASE WHEN last.online = excluded.online THEN last.changed_at ELSE excluded.changed_at END,
        -- Not the greatest: what was heard while our own clock was in 2038 must not stay there.
        received_at = CASE WHEN %(retained)s AND last.boot = excluded.boot AND excluded.uptime_s <= last.uptime_s
                           THEN last.received_at ELSE excluded.received_at END,
        boot = excluded.boot,
        -- Not the greatest while it is online: a clock that was in 2038 for a moment must not stay there.
        said_at = CASE WHEN excluded.online THEN coalesce(excluded.said_at, last.said_at)
                       ELSE greatest(excluded.said_at, last.said_at) END,
        -- A last will was written when the connection began: what the gateway said since is the better knowledge. What
        -- it says later than that, even in parting, is true now.
        (queued, oldest_unsent, thinned, clock, version, power, trouble, unheard, unreachable, told,
         update_result, update_version, update_reason, update_at, mains_lost, mains_back) = (
            SELECT better.queued, better.oldest_unsent, better.thinned, better.clock, better.version, better.power,
                   better.trouble, better.unheard, better.unreachable, better.told, better.update_result,
                   better.update_version, better.update_reason, better.update_at, better.mains_lost, better.mains_back
            FROM (VALUES (CASE WHEN excluded.online OR excluded.said_at >= last.said_at THEN excluded ELSE last END))
                 AS known (word) CROSS JOIN LATERAL (SELECT (known.word).*) AS better
        ),
        uptime_s = CASE WHEN last.boot = excluded.boot THEN greatest(last.uptime_s, excluded.uptime_s)
                        ELSE excluded.uptime_s END
    WHERE CASE WHEN last.boot = excluded.boot THEN NOT excluded.online OR excluded.uptime_s >= last.uptime_s
               ELSE excluded.online OR excluded.said_at IS NULL OR last.said_at IS NULL
                    OR excluded.said_at >= last.said_at END
    RETURNING 1
)
SELECT EXISTS (SELECT FROM known) AS known, EXISTS (SELECT FROM said) AS applied

-- last_word --
-- The last word of a gateway, held until the end of the transaction.
SELECT status.received_at, status.online, status.boot, status.power, status.mains_lost, status.mains_back,
       status.unreachable, status.trouble
FROM ingest.gateway_status AS status JOIN devices.gateway USING (gateway_id)
WHERE gateway.key = %(key)s
FOR UPDATE OF status

-- insert_transition --
-- Remember what has changed in a gateway's word about itself.
INSERT INTO ingest.gateway_transition (organisation_id, gateway_id, at, heard_before, online, orderly, boot, started_at,
                                       power, mains_lost, mains_back, unreachable, trouble)
SELECT organisation_id, gateway_id, %(at)s, %(heard_before)s, %(online)s, %(orderly)s, %(boot)s, %(started_at)s,
       %(power)s, %(mains_lost)s, %(mains_back)s, %(unreachable)s, %(trouble)s
FROM devices.gateway WHERE key = %(key)s

-- tell --
-- Tells the listeners of a channel, at commit, that there is something to look for.
SELECT pg_notify(%(channel)s, '')
