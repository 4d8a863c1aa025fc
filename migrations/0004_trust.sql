-- Fingerprints of what is saved, so that damage is found and copies can be compared; and where
-- entries that were brought in came from, so that bringing them in again adds nothing.

-- SHA-256 of a state's content: see `Content::digest`. `content_digest` is the program's own
-- function and says the same of what the columns hold; where they hold what cannot be read, it
-- stays empty, and the check-up says so.
ALTER TABLE entry ADD COLUMN digest BLOB NOT NULL DEFAULT x'';
ALTER TABLE revision ADD COLUMN digest BLOB NOT NULL DEFAULT x'';

UPDATE entry SET digest = coalesce(content_digest(
    kind, day, written_at, edited_at, text, mood, starred, deleted_at,
    (SELECT json_group_array(json_object('tag', tag, 'by_hand', json('true')))
       FROM tag WHERE tag.entry = entry.number AND by_hand = 1),
    (SELECT json_group_array(json_object('deck', deck, 'tip', tip, 'number', r.number,
                                         'title', title, 'question', question))
       FROM reflection AS r WHERE r.entry = entry.number)), x'');

UPDATE revision SET digest = coalesce(content_digest(
    kind, day, written_at, edited_at, text, mood, starred, deleted_at, tags, reflections), x'');

-- No two states share an id, so that each can be told when entries are brought in.
CREATE UNIQUE INDEX entry_by_revision ON entry (revision);

-- What an entry was called in the file it was brought in from, and what it said there. `copy`
-- counts those that are alike in both; `seen` is the last import that came upon it.
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
