-- message_asked --
-- What is known of a message and its alert by the message's public id.
SELECT notification_id, alert, account_id, contact_id, language, channel, told_at, is_round, family, kind, state, municipality, taken_by,
    taken_by_name, answer
FROM alerts.message_asked(%(public_id)s);

-- may_act --
-- Whether the viewer may act on an alert, as things are now.
SELECT EXISTS (
    SELECT FROM alerts.alert
    WHERE public_id = %(alert)s AND organisation_id IN (SELECT registry.viewer_organisations())
        AND registry.viewer_may_act(organisation_id)
) AS may_act;

-- acts_by --
-- Lets what the viewer does in this transaction be noted as done by another way than the pages.
SELECT set_config('vicino.acts_by', %(way)s, true);

-- say_there --
-- Notes that the viewer says that they are with the person.
SELECT alerts.say_there(%(alert)s, %(now)s) AS said;

-- say_contact_there --
-- Notes that the contact whom a message went to says that they are with the person.
SELECT alerts.say_contact_there(%(public_id)s, %(now)s) AS said;

-- there --
-- Who says to be with the people of open alerts that the viewer may see, since each last came in; the latest of each alert.
SELECT DISTINCT ON (reply.alert_id) reply.alert_id, said.account_name AS name, coalesce(said.detail->>'relation', '') AS relation,
    reply.at
FROM alerts.reply
JOIN alerts.notification USING (notification_id)
JOIN alerts.alert ON alert.alert_id = reply.alert_id AND alert.round = notification.round AND alert.state <> 'resolved'
JOIN alerts.history AS said ON said.alert_id = reply.alert_id AND said.action = 'there' AND said.at = reply.at
WHERE reply.organisation_id IN (SELECT registry.viewer_organisations())
ORDER BY reply.alert_id, reply.at DESC;

-- note_reply --
-- Notes that a message was answered, unless it had been.
SELECT alerts.note_reply(%(public_id)s, %(answer)s, %(now)s) AS noted;
