-- How many devices were heard in a walk test although they had not answered: of a smoke alarm whose battery is told, nobody
-- knows yet that its alarm is heard.
ALTER TABLE devices.walk_test ADD COLUMN heard int;
-- Why the broker could not be told of a gateway's credentials, while it is so.
ALTER TABLE devices.enrolment ADD COLUMN trouble text NOT NULL DEFAULT '';
