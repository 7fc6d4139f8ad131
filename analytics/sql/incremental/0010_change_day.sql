-- What each day of a home comes to in each domain of life: how rare it is among calm days, and the signs of it, the rarest
-- first. From these follow the changes that are told, and how a person's days stand.
CREATE TABLE analytics.change_day (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    home_id         int NOT NULL REFERENCES registry.home,
    domain          text NOT NULL,
    day             date NOT NULL,
    rarity          double precision NOT NULL,
    signs           jsonb NOT NULL,
    code_version    text NOT NULL,
    PRIMARY KEY (home_id, domain, day)
);
