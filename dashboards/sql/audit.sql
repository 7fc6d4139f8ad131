-- note_look --
-- Notes in the audit that the viewer was shown, or has changed, data of some persons, and of who lives in some homes.
SELECT dashboards.note_look(%(persons)s::int[], %(homes)s::int[], %(method)s, %(route)s, %(now)s)

-- looks --
-- Who looked at a person, for whoever decides about it.
SELECT at, route, name, capacity, organisation, is_viewer FROM dashboards.looks(%(public_id)s, %(since)s, %(now)s)
