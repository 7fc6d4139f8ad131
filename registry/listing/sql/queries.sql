-- page_of_homes --
-- A part of the homes a viewer may see, by public id.
SELECT home_id, home.public_id::text AS public_id, organisation_id, organisation.key AS organisation, home.key, home.name,
       municipality, address, access_notes, timezone
FROM registry.home JOIN registry.organisation USING (organisation_id)
WHERE organisation_id IN (SELECT registry.viewer_organisations())
  AND (%(after)s::uuid IS NULL OR home.public_id > %(after)s)
  AND (%(municipality)s::text IS NULL OR municipality = %(municipality)s)
ORDER BY home.public_id LIMIT %(limit)s;

-- page_of_persons --
-- A part of the persons a viewer may see, by public id, of all homes or of one.
SELECT person_id, public_id::text AS public_id, home_id, key, name, birth_year, sex, phone, language
FROM registry.person
WHERE organisation_id IN (SELECT registry.viewer_organisations())
  AND (%(after)s::uuid IS NULL OR public_id > %(after)s)
  AND (%(home_id)s::int IS NULL OR home_id = %(home_id)s)
ORDER BY public_id LIMIT %(limit)s;

-- contacts_of_persons --
-- The contacts of some persons whom a viewer may see, in the order of calling.
SELECT person_id, contact.key, contact.name, relation, contact.phone, email, contact.language
FROM registry.contact
WHERE person_id = ANY (%(persons)s::int[]) AND organisation_id IN (SELECT registry.viewer_organisations())
ORDER BY person_id, position, contact_id;

-- person_by_public_id --
-- A person whom a viewer may see, by public id.
SELECT person_id, public_id::text AS public_id, home_id, key, name, birth_year, sex, phone, language
FROM registry.person
WHERE public_id = %(public_id)s AND organisation_id IN (SELECT registry.viewer_organisations());

-- public_homes --
-- The public ids of some homes that a viewer may see.
SELECT home_id, public_id FROM registry.home
WHERE home_id = ANY (%(homes)s::int[]) AND organisation_id IN (SELECT registry.viewer_organisations());

-- public_persons --
-- The public ids of some persons whom a viewer may see.
SELECT person_id, public_id FROM registry.person
WHERE person_id = ANY (%(persons)s::int[]) AND organisation_id IN (SELECT registry.viewer_organisations());
