-- Whether a sign-in that began at an instant is still good: the account is open, and neither its password nor its state
-- was changed since.
CREATE OR REPLACE FUNCTION registry.sign_in_stands(wanted int, began timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.account WHERE account_id = wanted AND active AND signed_out_before <= began)
$$;
REVOKE ALL ON FUNCTION registry.sign_in_stands(int, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.sign_in_stands(int, timestamptz) TO vicino_people;

-- In which language the viewer is written to: as an account, and as whose contact they are.
CREATE OR REPLACE FUNCTION registry.choose_language(chosen text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE registry.contact AS contact SET language = chosen
    FROM registry.person_account AS close
    WHERE close.account_id = registry.viewer_account() AND close.ended_at IS NULL
        AND contact.contact_id = close.contact_id AND contact.language <> chosen;
    UPDATE registry.account SET language = chosen
    WHERE account_id = registry.viewer_account() AND active AND language <> chosen
$$;
REVOKE ALL ON FUNCTION registry.choose_language(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.choose_language(text) TO vicino_people;
