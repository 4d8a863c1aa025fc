-- What was done to the journal, so that it can be undone, action by action.

CREATE TABLE action (
    number  INTEGER PRIMARY KEY,
    what    TEXT NOT NULL CHECK (what IN ('write', 'edit', 'delete', 'restore', 'import')),
    made_at TEXT NOT NULL,
    -- `undone` can be redone until something else is done; then it is `gone`.
    state   TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'gone'))
) STRICT;

CREATE INDEX action_by_state ON action (state, number);

-- Each entry an action touched, and the revisions it led from and to. `before` is NULL where
-- the action made the entry.
CREATE TABLE action_entry (
    action INTEGER NOT NULL REFERENCES action (number),
    entry  INTEGER NOT NULL REFERENCES entry (number),
    before TEXT,
    after  TEXT NOT NULL,
    PRIMARY KEY (action, entry)
) STRICT, WITHOUT ROWID;

CREATE INDEX action_entry_by_entry ON action_entry (entry);

-- The trash, by when things went there.
CREATE INDEX entry_in_trash ON entry (deleted_at) WHERE deleted_at IS NOT NULL;
