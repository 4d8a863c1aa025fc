-- A journal of layout 1, as the program that first had it wrote one. Never edit: it stands
-- for the journals that people have.
PRAGMA application_id = 1332639588;
PRAGMA foreign_keys = OFF;
BEGIN;

CREATE TABLE journal (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    id         TEXT NOT NULL,
    device     TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE entry (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT NOT NULL UNIQUE,
    kind       TEXT NOT NULL DEFAULT 'page'
               CHECK (kind IN ('page', 'letter', 'reason', 'urge', 'contact')),
    day        TEXT NOT NULL
               CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    written_at TEXT NOT NULL,
    edited_at  TEXT,
    text       TEXT NOT NULL,
    words      INTEGER NOT NULL,
    mood       INTEGER CHECK (mood BETWEEN 1 AND 5),
    starred    INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
    deleted_at TEXT,
    revision   TEXT NOT NULL,
    replaced   TEXT,
    device     TEXT NOT NULL,
    saved_at   TEXT NOT NULL
) STRICT;

CREATE INDEX entry_by_day ON entry (day, written_at, number, kind, mood, starred, words)
    WHERE deleted_at IS NULL;

CREATE TABLE revision (
    id          TEXT PRIMARY KEY,
    entry       TEXT NOT NULL,
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

CREATE TABLE tag (
    entry   INTEGER NOT NULL REFERENCES entry (number),
    tag     TEXT NOT NULL,
    by_hand INTEGER NOT NULL CHECK (by_hand IN (0, 1)),
    PRIMARY KEY (entry, tag)
) STRICT, WITHOUT ROWID;

CREATE INDEX tag_by_name ON tag (tag, entry);

CREATE TABLE reflection (
    entry    INTEGER NOT NULL REFERENCES entry (number),
    deck     TEXT NOT NULL,
    tip      TEXT NOT NULL,
    number   INTEGER NOT NULL,
    title    TEXT NOT NULL,
    question TEXT,
    PRIMARY KEY (entry, deck, tip)
) STRICT, WITHOUT ROWID;

CREATE INDEX reflection_by_tip ON reflection (deck, tip, entry);

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

CREATE TABLE reflected_day (
    deck    TEXT NOT NULL,
    tip     TEXT NOT NULL,
    day     TEXT NOT NULL,
    entries INTEGER NOT NULL CHECK (entries > 0),
    PRIMARY KEY (deck, tip, day)
) STRICT, WITHOUT ROWID;

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

INSERT INTO journal VALUES (1, '019a4b2e-6a40-7c11-9d0e-1f2a3b4c5d6e', '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-03T20:58:00+01:00');

INSERT INTO prompt VALUES ('2025-11-03', 1, 'walk-away', 'no-contact', 'What will you do in the hour before bed, and where will your phone be?', '2025-11-03T20:58:00+01:00');
INSERT INTO prompt VALUES ('2025-11-04', 1, 'walk-away', 'friends', 'Who did you see this week?', '2025-11-04T21:00:00+01:00');
INSERT INTO prompt VALUES ('2025-11-04', 2, 'walk-away', 'a-tip-that-is-gone', 'A question that is no longer asked?', '2025-11-04T21:05:00+01:00');
INSERT INTO prompt VALUES ('2025-11-05', 1, 'walk-away', 'friends', 'Who could you call?', '2025-11-05T01:30:00-05:00');

INSERT INTO entry VALUES (1, '019a4b30-3f00-7d21-b3c4-000000000001', 'page', '2025-11-03', '2025-11-03T21:00:00+01:00', NULL, 'Phone in the kitchen. Read till ten. #sleep', 8, 2, 0, NULL, '019a4b30-3f00-7d22-b3c4-000000000001', NULL, '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-03T21:00:00+01:00');
INSERT INTO entry VALUES (2, '019a5057-8d60-7d21-b3c4-000000000002', 'page', '2025-11-04', '2025-11-04T21:01:30.5+01:00', '2025-11-04T22:00:00+01:00', 'Edited: coffee with Léa,
then the long way home ☕

(no tags here: a#b, #42)
', 14, 4, 1, NULL, '019a508d-1a00-7d23-b3c4-000000000002', '019a5057-8d60-7d22-b3c4-000000000002', '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-04T22:00:00+01:00');
INSERT INTO entry VALUES (3, '019a50b0-0000-7d21-b3c4-000000000003', 'page', '2025-11-04', '2025-11-05T01:30:00-05:00', NULL, 'A free page after midnight,' || char(13) || ' far from home.' || char(0) || 'After a NUL.', 10, NULL, 0, NULL, '019a50b0-0000-7d22-b3c4-000000000003', NULL, '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-05T01:30:00-05:00');
INSERT INTO entry VALUES (4, '019a50c0-0000-7d21-b3c4-000000000004', 'page', '2025-11-05', '2025-11-05T09:00:00-05:00', NULL, 'Thrown away.', 2, NULL, 0, '2025-11-05T09:05:00-05:00', '019a50c4-9400-7d23-b3c4-000000000004', '019a50c0-0000-7d22-b3c4-000000000004', '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-05T09:05:00-05:00');
INSERT INTO entry VALUES (6, '019a55d0-0000-7d21-b3c4-000000000006', 'reason', '2025-11-06', '2025-11-06T08:00:00+01:00', NULL, 'So as not to wait for the door any more.', 10, NULL, 1, NULL, '019a55d0-0000-7d22-b3c4-000000000006', NULL, '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-06T08:00:00+01:00');
-- Number 5 was given and purged: it is never given again. The highest given was 9.
UPDATE sqlite_sequence SET seq = 9 WHERE name = 'entry';

INSERT INTO tag VALUES (1, 'sleep', 0);
INSERT INTO tag VALUES (2, 'friends', 1);
INSERT INTO tag VALUES (2, 'with, a comma', 1);
INSERT INTO tag VALUES (4, 'sleep', 1);

INSERT INTO reflection VALUES (1, 'walk-away', 'no-contact', 1, 'No calls, no texts', 'What will you do in the hour before bed, and where will your phone be?');
INSERT INTO reflection VALUES (2, 'walk-away', 'friends', 2, 'As the title was', 'Who did you see this week?');
INSERT INTO reflection VALUES (2, 'walk-away', 'no-contact', 1, 'No calls, no texts', NULL);
INSERT INTO reflection VALUES (4, 'walk-away', 'friends', 2, 'As the title was', 'Who could you call?');

INSERT INTO revision VALUES ('019a5057-8d60-7d22-b3c4-000000000002', '019a5057-8d60-7d21-b3c4-000000000002', 'page', '2025-11-04', '2025-11-04T21:01:30.5+01:00', NULL, 'Coffee with Léa.', 3, 0, NULL, '[{"tag":"friends","by_hand":true}]', '[{"deck":"walk-away","tip":"friends","number":2,"title":"As the title was","question":"Who did you see this week?"}]', NULL, '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-04T21:01:30.5+01:00');
INSERT INTO revision VALUES ('019a50c0-0000-7d22-b3c4-000000000004', '019a50c0-0000-7d21-b3c4-000000000004', 'page', '2025-11-05', '2025-11-05T09:00:00-05:00', NULL, 'Thrown away.', NULL, 0, NULL, '[{"tag":"sleep","by_hand":true}]', '[]', NULL, '019a4b2e-6a40-7c12-8a51-2b3c4d5e6f70', '2025-11-05T09:00:00-05:00');

COMMIT;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
