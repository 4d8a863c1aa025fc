-- The journal as it is first made. Migrations are only ever appended: a file that has
-- been released is never edited again, so that every journal can be brought up to date.

-- One row: who this journal is. `device` names this copy in the revisions it makes.
CREATE TABLE journal (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    id         TEXT NOT NULL,
    device     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- The present state of every entry. AUTOINCREMENT, so that a number is never given twice.
CREATE TABLE entry (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,                 -- UUIDv7
    kind       TEXT NOT NULL DEFAULT 'page'
               CHECK (kind IN ('page', 'letter', 'reason', 'urge', 'contact')),
    day        TEXT NOT NULL                         -- YYYY-MM-DD
               CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    written_at TEXT NOT NULL,                        -- RFC 3339, with the writer's offset
    edited_at  TEXT,
    text       TEXT NOT NULL,
    words      INTEGER NOT NULL,                     -- counted when the text is saved
    mood       INTEGER CHECK (mood BETWEEN 1 AND 5),
    starred    INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
    deleted_at TEXT,                                 -- in the trash since then
    revision   TEXT NOT NULL,                        -- UUIDv7 of this state
    replaced   TEXT,                                 -- the revision this state replaced
    device     TEXT NOT NULL,                        -- where this state was made
    saved_at   TEXT NOT NULL                         -- and when
) STRICT;

-- The living in the order of lists. With what filters and statistics ask for, so that they
-- need not touch the texts.
CREATE INDEX entry_by_day ON entry (day, written_at, number, kind, mood, starred, words)
    WHERE deleted_at IS NULL;

-- What an entry was before: each state that was replaced, whole. Only ever grows.
CREATE TABLE revision (
    id          TEXT PRIMARY KEY,                    -- UUIDv7
    entry       TEXT NOT NULL,                       -- the entry's id
    kind        TEXT NOT NULL,
    day         TEXT NOT NULL,
    written_at  TEXT NOT NULL,
    edited_at   TEXT,
    text        TEXT NOT NULL,
    mood        INTEGER,
    starred     INTEGER NOT NULL,
    deleted_at  TEXT,
    tags        TEXT NOT NULL CHECK (json_valid(tags)),
    reflections TEXT NOT NULL CHECK (json_valid(reflections)),
    replaced    TEXT,
    device      TEXT NOT NULL,
    saved_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX revision_by_entry ON revision (entry, id);

-- Tags, lower case. `by_hand` marks those given apart from the text: the others follow it.
CREATE TABLE tag (
    entry   INTEGER NOT NULL REFERENCES entry (number),
    tag     TEXT NOT NULL,
    by_hand INTEGER NOT NULL CHECK (by_hand IN (0, 1)),
    PRIMARY KEY (entry, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX tag_by_name ON tag (tag, entry);

-- Which tips an entry reflects on, and how the tip and its question read at that time, so
-- that the page stays whole when a deck changes or goes.
CREATE TABLE reflection (
    entry    INTEGER NOT NULL REFERENCES entry (number),
    deck     TEXT NOT NULL,
    tip      TEXT NOT NULL,                          -- slug
    number   INTEGER NOT NULL,
    title    TEXT NOT NULL,
    question TEXT,                                   -- NULL where none was asked
    PRIMARY KEY (entry, deck, tip)
) STRICT, WITHOUT ROWID;

CREATE INDEX reflection_by_tip ON reflection (deck, tip, entry);

-- What each day offered. The last turn of a day is that day's prompt; a skip adds a turn.
CREATE TABLE prompt (
    day        TEXT NOT NULL,
    turn       INTEGER NOT NULL,
    deck       TEXT NOT NULL,
    tip        TEXT NOT NULL,
    question   TEXT NOT NULL,
    offered_at TEXT NOT NULL,
    PRIMARY KEY (day, turn)
) STRICT, WITHOUT ROWID;

CREATE INDEX prompt_by_tip ON prompt (deck, tip, day, turn);
CREATE INDEX prompt_by_question ON prompt (deck, tip, question);

-- Coverage is derived from the entries, and kept here by triggers so that asking for it
-- costs the same with ten pages and with a hundred thousand.

-- How many living entries of a day reflect on a tip. A day with none has no row.
CREATE TABLE reflected_day (
    deck    TEXT NOT NULL,
    tip     TEXT NOT NULL,
    day     TEXT NOT NULL,
    entries INTEGER NOT NULL CHECK (entries > 0),
    PRIMARY KEY (deck, tip, day)
) STRICT, WITHOUT ROWID;

-- On how many days a tip was reflected on.
CREATE TABLE covered_tip (
    deck TEXT NOT NULL,
    tip  TEXT NOT NULL,
    days INTEGER NOT NULL CHECK (days >= 0),
    PRIMARY KEY (deck, tip)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER reflected_day_added AFTER INSERT ON reflected_day BEGIN
    INSERT INTO covered_tip (deck, tip, days) VALUES (new.deck, new.tip, 1)
    ON CONFLICT DO UPDATE SET days = days + 1;
END;

CREATE TRIGGER reflected_day_gone AFTER DELETE ON reflected_day BEGIN
    UPDATE covered_tip SET days = days - 1 WHERE deck = old.deck AND tip = old.tip;
END;

CREATE TRIGGER reflection_added AFTER INSERT ON reflection BEGIN
    INSERT INTO reflected_day (deck, tip, day, entries)
    SELECT new.deck, new.tip, day, 1 FROM entry
     WHERE number = new.entry AND deleted_at IS NULL
    ON CONFLICT DO UPDATE SET entries = entries + 1;
END;

CREATE TRIGGER reflection_gone AFTER DELETE ON reflection BEGIN
    DELETE FROM reflected_day
     WHERE deck = old.deck AND tip = old.tip AND entries = 1
       AND day = (SELECT day FROM entry WHERE number = old.entry AND deleted_at IS NULL);
    UPDATE reflected_day SET entries = entries - 1
     WHERE deck = old.deck AND tip = old.tip AND entries > 1
       AND day = (SELECT day FROM entry WHERE number = old.entry AND deleted_at IS NULL);
END;

-- An entry that moves to another day, goes to the trash or comes back takes its
-- reflections along.
CREATE TRIGGER entry_moved AFTER UPDATE OF day, deleted_at ON entry
WHEN old.day <> new.day OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL)
BEGIN
    DELETE FROM reflected_day
     WHERE old.deleted_at IS NULL AND day = old.day AND entries = 1
       AND (deck, tip) IN (SELECT deck, tip FROM reflection WHERE entry = old.number);
    UPDATE reflected_day SET entries = entries - 1
     WHERE old.deleted_at IS NULL AND day = old.day AND entries > 1
       AND (deck, tip) IN (SELECT deck, tip FROM reflection WHERE entry = old.number);
    INSERT INTO reflected_day (deck, tip, day, entries)
    SELECT deck, tip, new.day, 1 FROM reflection
     WHERE entry = new.number AND new.deleted_at IS NULL
    ON CONFLICT DO UPDATE SET entries = entries + 1;
END;

-- Full text of the living entries, kept by triggers. External content: the words stand
-- once, in `entry`. The view lets SQLite check the index against what it should hold. Marks
-- (Mc, Mn) belong to words: without them the words of many scripts would fall apart.
CREATE VIEW searchable AS
    SELECT number, text FROM entry WHERE deleted_at IS NULL;

CREATE VIRTUAL TABLE entry_text USING fts5 (
    text,
    content = 'searchable',
    content_rowid = 'number',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'"
);

CREATE TRIGGER entry_text_added AFTER INSERT ON entry WHEN new.deleted_at IS NULL BEGIN
    INSERT INTO entry_text (rowid, text) VALUES (new.number, new.text);
END;

CREATE TRIGGER entry_text_gone AFTER DELETE ON entry WHEN old.deleted_at IS NULL BEGIN
    INSERT INTO entry_text (entry_text, rowid, text) VALUES ('delete', old.number, old.text);
END;

CREATE TRIGGER entry_text_changed AFTER UPDATE OF text, deleted_at ON entry
WHEN old.text <> new.text OR (old.deleted_at IS NULL) <> (new.deleted_at IS NULL)
BEGIN
    INSERT INTO entry_text (entry_text, rowid, text)
    SELECT 'delete', old.number, old.text WHERE old.deleted_at IS NULL;
    INSERT INTO entry_text (rowid, text)
    SELECT new.number, new.text WHERE new.deleted_at IS NULL;
END;
