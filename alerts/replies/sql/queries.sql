-- message_asked --
-- What is known of a message and its alert by the message's public id.
SELECT notification_id, alert, account_id, language, channel, told_at, is_round, family, kind, state, municipality, taken_by,
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

-- note_reply --
-- Notes that a message was answered, unless it had been.
SELECT alerts.note_reply(%(public_id)s, %(answer)s, %(now)s) AS noted;
