-- A journal of layout 6, as the program that first had it wrote one. Never edit: it stands
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
, digest BLOB NOT NULL DEFAULT x'', particulars TEXT, hidden_until TEXT NOT NULL DEFAULT '') STRICT;

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
, digest BLOB NOT NULL DEFAULT x'', particulars TEXT) STRICT, WITHOUT ROWID;

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
    tip      TEXT NOT NULL,                          -- slug
    number   INTEGER NOT NULL,
    title    TEXT NOT NULL,
    question TEXT,                                   -- NULL where none was asked
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

CREATE TABLE action (
    number  INTEGER PRIMARY KEY,
    what    TEXT NOT NULL CHECK (what IN ('write', 'edit', 'delete', 'restore', 'import')),
    made_at TEXT NOT NULL,
    -- `undone` can be redone until something else is done; then it is `gone`.
    state   TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('done', 'undone', 'gone'))
) STRICT;

CREATE INDEX action_by_state ON action (state, number);

CREATE TABLE action_entry (
    action INTEGER NOT NULL REFERENCES action (number),
    entry  INTEGER NOT NULL REFERENCES entry (number),
    before TEXT,
    after  TEXT NOT NULL,
    PRIMARY KEY (action, entry)
) STRICT, WITHOUT ROWID;

CREATE INDEX action_entry_by_entry ON action_entry (entry);

CREATE INDEX entry_in_trash ON entry (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE asked (
    deck     TEXT NOT NULL,
    tip      TEXT NOT NULL,
    question TEXT NOT NULL,
    times    INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (deck, tip, question)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER prompt_offered AFTER INSERT ON prompt BEGIN
    INSERT INTO asked (deck, tip, question, times)
    VALUES (new.deck, new.tip, new.question, 1)
    ON CONFLICT DO UPDATE SET times = times + 1;
END;

CREATE UNIQUE INDEX entry_by_revision ON entry (revision);

CREATE TABLE origin (
    format TEXT NOT NULL,
    key    TEXT NOT NULL,
    digest BLOB NOT NULL,
    copy   INTEGER NOT NULL,
    entry  INTEGER NOT NULL REFERENCES entry (number),
    seen   INTEGER NOT NULL,
    PRIMARY KEY (format, key, digest, copy)
) STRICT, WITHOUT ROWID;

CREATE INDEX origin_by_entry ON origin (entry);

CREATE INDEX entry_by_day
    ON entry (day, written_at, number, kind, mood, starred, words, hidden_until)
    WHERE deleted_at IS NULL;

CREATE INDEX entry_aside ON entry (kind, hidden_until, day, written_at, number)
    WHERE deleted_at IS NULL AND (kind <> 'page' OR hidden_until <> '');

CREATE TABLE draft (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE, -- of its folder, while an editor has it
    particulars TEXT NOT NULL,        -- what is known besides the text: an object
    page        BLOB NOT NULL         -- the editor's file as it is; it need not be text
) STRICT;

CREATE TABLE told (
    what TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO journal VALUES (1, '01a1fadd-c3c0-7ce7-b045-2e9e92298ecf', '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-20T21:30:00+00:00');
INSERT INTO prompt VALUES ('2026-11-20', 1, 'walk-away', 'no-contact', 'What will you do in the hour before bed, and where will your phone be?', '2026-11-20T21:30:00+00:00');
INSERT INTO entry VALUES (1, '01a1fadd-c3c0-7126-93e7-17a056e1eddc', 'page', '2026-11-20', '2026-11-20T21:30:00+00:00', '2026-11-21T21:31:00+00:00', 'A page, answered. #walk', 4, 5, 0, NULL, '01a20005-0a20-7a22-adb4-289f8a6d6f1c', '01a1fadd-c3c0-7520-b59e-a5740363f0f1', '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:31:00+00:00', X'2701D55E723238482993D00FB55D93AFC5C468C95069C1652437C3CAE468B659', NULL, '');
INSERT INTO entry VALUES (2, '01a1fae6-eb80-7bd1-9bfe-a17c88d97bc3', 'letter', '2026-11-20', '2026-11-20T21:40:00+00:00', NULL, 'A sealed letter.', 3, NULL, 0, NULL, '01a1fae6-eb80-7f83-9471-fa9038f49bb5', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-20T21:40:00+00:00', X'2A7DA2EA357B24CA62BB02DAE8894A8F3F1C841375954CC62376E77F7A631258', '{"open_on":"2027-01-01"}', '2027-01-01');
INSERT INTO entry VALUES (3, '01a20004-1fc0-7143-8b54-0af517ebf0a0', 'page', '2025-01-01', '2025-01-01T12:00:00+00:00', NULL, 'No contact.', 2, NULL, 0, NULL, '01a20004-1fc0-7cbf-9319-11927d5bc08b', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:30:00+00:00', X'EC7B8BEE12F5FD4D588CDC946CC3977ED61520E5A64B1EB5638E83322E78A04A', NULL, '');
INSERT INTO entry VALUES (4, '01a20004-1fc0-7f31-afcc-6812f8260dbf', 'page', '2025-01-01', '2025-01-01T12:00:00+00:00', NULL, 'No contact.', 2, NULL, 0, NULL, '01a20004-1fc0-7f55-af41-4c1c873783b1', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:30:00+00:00', X'EC7B8BEE12F5FD4D588CDC946CC3977ED61520E5A64B1EB5638E83322E78A04A', NULL, '');
INSERT INTO entry VALUES (5, '01a20004-1fc0-7669-9290-e934e867a246', 'page', '2025-01-01', '2025-01-01T12:00:00+00:00', NULL, 'Another page of that day, all of it.', 8, NULL, 0, NULL, '01a20004-1fc0-71fd-bde4-32c03f17a93d', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:30:00+00:00', X'8466EB298BCB2A534DE862E4FB2ACEB65ABBB6724EF9FFCA8251FFB82CBFBE7C', NULL, '');
INSERT INTO entry VALUES (6, '01a20005-f480-71c4-a1ac-94e4e9706de7', 'urge', '2026-11-21', '2026-11-21T21:32:00+00:00', NULL, 'A song', 2, NULL, 0, NULL, '01a20005-f480-7e85-b775-0f5ebf96b1b4', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:32:00+00:00', X'8203DA105A736BDDD3F2BFA06AC877A61F83C38D00773F03FB7BBA02EFC60BD7', '{"strength":"7"}', '');
INSERT INTO entry VALUES (7, '01a20006-dee0-7b98-b5b9-83076c230a2d', 'contact', '2026-10-01', '2026-11-21T21:33:00+00:00', NULL, '', 0, NULL, 0, NULL, '01a20006-dee0-723b-808d-8f41791a8e36', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:33:00+00:00', X'4B2F0CDD23D7F28EE9FF6DBAA9DDA317408266A674F47C35BDCE9C41DCE2586A', '{"mark":"since"}', '');
INSERT INTO entry VALUES (8, '01a20007-c940-798a-8003-d6ad941d3128', 'page', '2026-11-21', '2026-11-21T21:34:00+00:00', NULL, 'Undone.', 1, NULL, 0, '2026-11-21T21:35:00+00:00', '01a20008-b3a0-7b1b-9423-bdd85b3a27fe', '01a20007-c940-7f55-a62b-bb36f771b2d7', '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:35:00+00:00', X'68A32F83F760C2120F1444960716BA792B78457338E25688BFE36DF55EFEF0C1', NULL, '');
INSERT INTO tag VALUES (1, 'walk', 0);
INSERT INTO reflection VALUES (1, 'walk-away', 'no-contact', 1, 'No calls, no texts', 'What will you do in the hour before bed, and where will your phone be?');
INSERT INTO revision VALUES ('01a1fadd-c3c0-7520-b59e-a5740363f0f1', '01a1fadd-c3c0-7126-93e7-17a056e1eddc', 'page', '2026-11-20', '2026-11-20T21:30:00+00:00', NULL, 'A page, answered. #walk', 4, 0, NULL, '[{"tag":"walk","by_hand":false}]', '[{"deck":"walk-away","tip":"no-contact","number":1,"title":"No calls, no texts","question":"What will you do in the hour before bed, and where will your phone be?"}]', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-20T21:30:00+00:00', X'706DA317D5A79A5793990338F5EDB80FC2C891786EB030FE8C8075E37A99A53C', NULL);
INSERT INTO revision VALUES ('01a20007-c940-7f55-a62b-bb36f771b2d7', '01a20007-c940-798a-8003-d6ad941d3128', 'page', '2026-11-21', '2026-11-21T21:34:00+00:00', NULL, 'Undone.', NULL, 0, NULL, '[]', '[]', NULL, '01a1fadd-c3c0-7b24-a70a-f82477b3e688', '2026-11-21T21:34:00+00:00', X'DEB31A78E5680FDEFD0FE431DEE232C6C0D09D2A707635BD826C62F777970ADA', NULL);
INSERT INTO origin VALUES ('json-lines', '2025-01-01', X'8466EB298BCB2A534DE862E4FB2ACEB65ABBB6724EF9FFCA8251FFB82CBFBE7C', 1, 5, 2);
INSERT INTO origin VALUES ('json-lines', '2025-01-01', X'EC7B8BEE12F5FD4D588CDC946CC3977ED61520E5A64B1EB5638E83322E78A04A', 1, 3, 2);
INSERT INTO origin VALUES ('json-lines', '2025-01-01', X'EC7B8BEE12F5FD4D588CDC946CC3977ED61520E5A64B1EB5638E83322E78A04A', 2, 4, 2);
INSERT INTO action VALUES (1, 'write', '2026-11-20T21:30:00+00:00', 'done');
INSERT INTO action VALUES (2, 'write', '2026-11-20T21:40:00+00:00', 'done');
INSERT INTO action VALUES (3, 'import', '2026-11-21T21:30:00+00:00', 'done');
INSERT INTO action VALUES (4, 'edit', '2026-11-21T21:31:00+00:00', 'done');
INSERT INTO action VALUES (5, 'write', '2026-11-21T21:32:00+00:00', 'done');
INSERT INTO action VALUES (6, 'write', '2026-11-21T21:33:00+00:00', 'done');
INSERT INTO action VALUES (7, 'write', '2026-11-21T21:34:00+00:00', 'undone');
INSERT INTO action_entry VALUES (1, 1, NULL, '01a1fadd-c3c0-7520-b59e-a5740363f0f1');
INSERT INTO action_entry VALUES (2, 2, NULL, '01a1fae6-eb80-7f83-9471-fa9038f49bb5');
INSERT INTO action_entry VALUES (3, 3, NULL, '01a20004-1fc0-7cbf-9319-11927d5bc08b');
INSERT INTO action_entry VALUES (3, 4, NULL, '01a20004-1fc0-7f55-af41-4c1c873783b1');
INSERT INTO action_entry VALUES (3, 5, NULL, '01a20004-1fc0-71fd-bde4-32c03f17a93d');
INSERT INTO action_entry VALUES (4, 1, '01a1fadd-c3c0-7520-b59e-a5740363f0f1', '01a20005-0a20-7a22-adb4-289f8a6d6f1c');
INSERT INTO action_entry VALUES (5, 6, NULL, '01a20005-f480-7e85-b775-0f5ebf96b1b4');
INSERT INTO action_entry VALUES (6, 7, NULL, '01a20006-dee0-723b-808d-8f41791a8e36');
INSERT INTO action_entry VALUES (7, 8, NULL, '01a20007-c940-7f55-a62b-bb36f771b2d7');
UPDATE sqlite_sequence SET seq = 8 WHERE name = 'entry';

COMMIT;
PRAGMA user_version = 6;
PRAGMA journal_mode = WAL;
