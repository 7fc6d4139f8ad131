-- say_face --
-- Says what the pages have to know of a channel.
INSERT INTO alerts.face (channel, said) VALUES (%(channel)s, %(said)s)
ON CONFLICT (channel) DO UPDATE SET said = excluded.said WHERE face.said <> excluded.said;

-- hide_face --
-- Says that a channel is not set up.
DELETE FROM alerts.face WHERE channel = %(channel)s;

-- faces --
-- What the pages have to know of the channels that are set up.
SELECT channel, said FROM alerts.face;

-- devices_at --
-- The devices of a web push address: of the account that is called so.
SELECT device_id, endpoint, p256dh, auth
FROM alerts.push_device JOIN registry.account USING (account_id)
WHERE account.public_id::text = %(address)s AND (%(device_id)s::bigint IS NULL OR device_id = %(device_id)s)
ORDER BY device_id;

-- forget_device --
-- Forgets a device whose push service says that it is gone, unless it has a new subscription meanwhile.
WITH forgotten AS (
    DELETE FROM alerts.push_device WHERE device_id = %(device_id)s AND endpoint = %(endpoint)s RETURNING account_id
)
SELECT account_id FROM forgotten;

-- forget_empty_devices --
-- Takes the web push address of an account out of use if no device is left.
SELECT alerts.forget_empty_devices(%(account_id)s, %(now)s);

-- add_push_device --
-- Registers a browser for the viewer.
SELECT alerts.add_push_device(%(endpoint)s, %(p256dh)s, %(auth)s, %(label)s, %(now)s) AS added;

-- remove_push_device --
-- Takes a browser of the viewer away.
SELECT alerts.remove_push_device(%(public_id)s, %(now)s) AS removed;

-- renew_push_device --
-- Notes the new subscription of a browser that shows the secret of its old one.
SELECT alerts.renew_push_device(%(old_endpoint)s, %(old_auth)s, %(endpoint)s, %(p256dh)s, %(auth)s) AS renewed;

-- receipt_of_push --
-- Notes that a browser has shown a message, or that somebody has touched it.
SELECT alerts.receipt_of_push(%(public_id)s, %(was_read)s, %(now)s) AS over;

-- own_push_devices --
-- The devices of the viewer.
SELECT public_id, label, added_at, shown_at, digest FROM alerts.own_push_device ORDER BY added_at, public_id;

-- own_channels --
-- Since when the viewer has been reached by each channel.
SELECT channel, min(coalesce(verified_at, added_at)) AS since FROM alerts.own_address GROUP BY channel;

-- latest_trial --
-- The latest message that the viewer had sent to themselves.
SELECT channel, one_device, asked_at, sent_at, error, delivered_at FROM alerts.own_trial ORDER BY trial_id DESC LIMIT 1;

-- begin_pairing --
-- Prepares that the viewer shows a bot who they are.
SELECT alerts.begin_pairing(%(channel)s, %(code)s, %(until)s, %(now)s) AS begun;

-- leave_channel --
-- Takes away where the viewer is reached by a channel.
SELECT alerts.leave_channel(%(channel)s, %(now)s) AS taken;

-- ask_trial --
-- Asks for a message to the viewer.
SELECT alerts.ask_trial(%(channel)s, %(device)s, %(at_most_since)s, %(now)s) AS asked;

-- pair --
-- Takes a code that somebody shows from a chat; no row where it is none, is too old, or was shown from another chat.
UPDATE alerts.pairing SET used_by = %(address)s
FROM registry.account
WHERE code = %(code)s AND channel = %(channel)s AND expires_at > %(now)s AND account.account_id = pairing.account_id
    AND account.active AND coalesce(used_by, %(address)s) = %(address)s
RETURNING account.account_id, account.language;

-- reach --
-- Enters an address of an account before those it has.
SELECT alerts.reach(%(account_id)s, %(channel)s, %(address)s, %(now)s) AS reached;

-- leave_other_accounts --
-- A chat belongs to one account: takes it from the others.
UPDATE alerts.address SET gone_at = %(now)s, gone_for = 'another account'
WHERE channel = %(channel)s AND address = %(address)s AND gone_at IS NULL AND account_id IS DISTINCT FROM %(account_id)s;

-- language_at --
-- The language of whoever is reached at an address.
SELECT language FROM alerts.address JOIN registry.account USING (account_id)
WHERE channel = %(channel)s AND address = %(address)s AND gone_at IS NULL;

-- take_reading --
-- Takes over to read what a bot is told, or goes on; a row where this worker may: from which update on.
INSERT INTO alerts.reading AS held (channel, leased_until) VALUES (%(channel)s, %(leased_until)s)
ON CONFLICT (channel) DO UPDATE SET leased_until = excluded.leased_until
WHERE held.leased_until <= %(now)s OR held.leased_until = %(held_until)s
RETURNING next_update;

-- read_until --
-- Notes how far was read of what a bot is told.
UPDATE alerts.reading SET next_update = %(next_update)s WHERE channel = %(channel)s;

-- take_trial --
-- Takes the next message that somebody wants to send to themselves.
UPDATE alerts.trial SET taken_at = %(now)s
FROM registry.account
WHERE trial_id = (
    SELECT trial_id FROM alerts.trial
    WHERE taken_at IS NULL AND asked_at > %(at_most_since)s ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED
) AND account.account_id = trial.account_id
RETURNING trial.trial_id, trial.public_id, trial.channel, trial.address, trial.device_id, account.language;

-- end_trial --
-- Notes what came of it.
UPDATE alerts.trial SET sent_at = %(sent_at)s, error = %(error)s WHERE trial_id = %(trial_id)s;

-- give_up_unseen --
-- Takes calls for help as failed that a push service took and no device has shown in time, or whose channel left it open whether it
-- had accepted them and has not said since that they arrived, where another way is left: one that was not tried, or one that was called
-- off because this one was accepted.
UPDATE alerts.notification SET state = 'failed', sent_at = NULL,
    last_error = CASE last_error WHEN '' THEN 'accepted, but no device has shown it' ELSE last_error END
FROM alerts.alert
WHERE (notification.channel = 'webpush' OR notification.last_error <> '') AND notification.state = 'sent'
    AND delivered_at IS NULL AND sent_at <= %(sent_until)s
    AND (others <> '[]' OR EXISTS (
        SELECT FROM alerts.notification AS other WHERE other.called_off_by = notification.notification_id AND alerts.is_called_for(other)
    ))
    AND alert.alert_id = notification.alert_id AND alert.state = 'new' AND alert.family = 'safety'
    AND notification.round = alert.round
RETURNING notification_id, alert.alert_id;

-- need_after_all --
-- Tries again what was called off because a message was accepted that has failed.
SELECT alerts.need_after_all(%(notification_id)s, %(now)s);

-- tell_due --
-- Wakes the worker.
SELECT pg_notify('vicino_notification', '');

-- add_apprise_target --
-- Keeps a secret address of Apprise.
INSERT INTO alerts.apprise_target (url) VALUES (%(url)s) RETURNING target_id::text;

-- apprise_url --
-- The secret behind an address.
SELECT url FROM alerts.apprise_target WHERE target_id::text = %(address)s;

-- account_of_login --
-- The account that is called so.
SELECT account_id FROM registry.account WHERE login = %(login)s AND active;
