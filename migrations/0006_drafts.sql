-- What lies nowhere but in the journal where that is encrypted.

-- Text being written, and not yet an entry. The newest has the highest id.
CREATE TABLE draft (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE, -- of its folder, while an editor has it
    particulars TEXT NOT NULL,        -- what is known besides the text: an object
    page        BLOB NOT NULL         -- the editor's file as it is; it need not be text
) STRICT;

-- What a person is told once and not again.
CREATE TABLE told (
    what TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
