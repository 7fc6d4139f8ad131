-- What the days before tell of a day that goes on, as it is asked for every few minutes: how long the home and its devices may be
-- silent, when they last spoke, how warm its rooms were. Made when it is first asked for, and removed when one of those days
-- changes.
CREATE TABLE analytics.day_digest (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    day             date NOT NULL,
    digest          text NOT NULL,
    code_version    text NOT NULL,
    PRIMARY KEY (home_id, day)
);
