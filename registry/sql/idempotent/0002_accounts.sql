-- Whether a sign-in that began at an instant is still good: the account is open, and neither its password nor its state
-- was changed since.
CREATE OR REPLACE FUNCTION registry.sign_in_stands(wanted int, began timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = registry, pg_temp AS $$
    SELECT EXISTS (SELECT FROM registry.account WHERE account_id = wanted AND active AND signed_out_before <= began)
$$;
REVOKE ALL ON FUNCTION registry.sign_in_stands(int, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION registry.sign_in_stands(int, timestamptz) TO vicino_people;
