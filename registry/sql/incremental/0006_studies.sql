-- Studies: who takes part, in which arm, from when to when. A person of the control arm has a home like anybody, and no devices.
CREATE TABLE registry.study (
    study_id        int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES registry.organisation,
    key             text NOT NULL UNIQUE,
    name            text NOT NULL
);

CREATE TABLE registry.study_arm (
    study_id        int NOT NULL REFERENCES registry.study,
    arm             text NOT NULL CHECK (arm ~ '^[a-z0-9-]{1,32}$'),
    is_control      boolean NOT NULL,
    PRIMARY KEY (study_id, arm)
);

CREATE TABLE registry.study_member (
    organisation_id int NOT NULL REFERENCES registry.organisation,
    study_id        int NOT NULL,
    person_id       int NOT NULL,
    arm             text NOT NULL,
    enrolled_on     date NOT NULL,
    left_on         date,
    PRIMARY KEY (study_id, person_id),
    CHECK (left_on >= enrolled_on),
    FOREIGN KEY (study_id, arm) REFERENCES registry.study_arm (study_id, arm),
    FOREIGN KEY (person_id, organisation_id) REFERENCES registry.person (person_id, organisation_id) ON UPDATE CASCADE
);
CREATE INDEX ON registry.study_member (person_id);
