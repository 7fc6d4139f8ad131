-- administered --
-- The organisations that the viewer administers.
SELECT * FROM registry.administered();

-- edited_thing --
-- One thing that the viewer may change.
SELECT * FROM registry.edited_thing(%(thing)s, %(number)s);

-- things_in --
-- What is in a thing that the viewer may change.
SELECT * FROM registry.things_in(%(thing)s, %(number)s);

-- edits --
-- The changes of a thing, or of all that the viewer administers.
SELECT * FROM registry.edits(%(thing)s, %(number)s, %(most)s);

-- caseloads --
-- The accounts whose caseload the viewer gives, and their own.
SELECT number, name, homes, is_own FROM registry.caseloads();

-- homes_of_caseload --
-- The homes of one of them.
SELECT homes_of_caseload AS home_id FROM registry.homes_of_caseload(%(number)s);

-- choices_for_caseload --
-- The homes that a caseload can hold which the viewer gives.
SELECT key, name, municipality FROM registry.choices_for_caseload(%(number)s);

-- change_thing --
-- Changes a thing as the viewer, and tells what came of it and whose data it is.
SELECT came, edit, persons FROM registry.change_thing(%(thing)s, %(number)s, %(seen)s, %(wanted)s, %(now)s);

-- make_thing --
-- Makes a thing as the viewer, and tells what came of it and whose data it is.
SELECT came, number, edit, persons FROM registry.make_thing(%(thing)s, %(above)s, %(key)s, %(wanted)s, %(now)s);

-- undo_edit --
-- Undoes a change as the viewer, and tells what came of it and whose data it is.
SELECT came, edit, persons FROM registry.undo_edit(%(edit)s, %(now)s);
