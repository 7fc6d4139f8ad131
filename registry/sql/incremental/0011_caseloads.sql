-- Whose homes an operator looks after. An account that has a row here sees, as an operator, the homes of its caseload and no others,
-- be it that something has just happened there; one without sees all homes of its organisations. A caseload may be empty.
CREATE TABLE registry.caseload (
    account_id      int PRIMARY KEY REFERENCES registry.account ON DELETE CASCADE,
    changed_at      timestamptz NOT NULL
);
CREATE TABLE registry.caseload_home (
    account_id      int NOT NULL REFERENCES registry.caseload ON DELETE CASCADE,
    home_id         int NOT NULL REFERENCES registry.home,
    PRIMARY KEY (account_id, home_id)
);
CREATE INDEX ON registry.caseload_home (home_id);

ALTER TABLE registry.edit DROP CONSTRAINT edit_thing_check;
ALTER TABLE registry.edit ADD CONSTRAINT edit_thing_check
    CHECK (thing IN ('organisation', 'home', 'room', 'person', 'contact', 'account', 'caseload'));
