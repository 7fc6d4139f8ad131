"""Who is on duty when: weekly patterns with dated changes, hand-overs between shifts and the hours nobody covers."""
