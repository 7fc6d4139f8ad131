-- A pause concerns a home. Where somebody who asked for one is erased and somebody else goes on living there, it stays, without them.
ALTER TABLE registry.pause ALTER COLUMN person_id DROP NOT NULL;

-- Events of accounts are only added to. What is erased with a person is removed by who owns the tables and says so for one
-- transaction; whoever owns them could switch the trigger off as well.
CREATE OR REPLACE FUNCTION registry.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'vicino_owner' AND current_setting('vicino.erasing', true) = 'yes' AND TG_OP <> 'TRUNCATE' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'events of accounts are only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;
