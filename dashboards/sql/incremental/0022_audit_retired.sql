-- Up to where entries of the audit were dropped because their time was over. Their seals stay: the chain is whole without them.
CREATE TABLE dashboards.audit_retired (
    one             boolean PRIMARY KEY DEFAULT true CHECK (one),
    last_id         bigint NOT NULL,
    entries         bigint NOT NULL,
    retired_at      timestamptz NOT NULL
);

-- The audit is only added to. Whoever owns it drops whole sealed batches whose time is over, and says so for one statement.
CREATE OR REPLACE FUNCTION dashboards.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit' AND current_user = 'vicino_owner'
       AND current_setting('vicino.retiring', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the audit is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
