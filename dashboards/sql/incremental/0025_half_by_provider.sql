-- Through which provider a sign-in came of which a code is still to come: it is counted once the code has come. Empty: by password.
ALTER TABLE dashboards.half_sign_in ADD COLUMN provider text NOT NULL DEFAULT '' CHECK (length(provider) <= 31);
