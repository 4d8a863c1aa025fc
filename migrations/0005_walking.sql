-- The parts for walking away: what belongs to letters, reasons, urges and contacts, and what
-- is out of sight.

-- An object of named texts, or NULL: see `Particulars::fields`.
ALTER TABLE entry ADD COLUMN particulars TEXT;
ALTER TABLE revision ADD COLUMN particulars TEXT;

-- The day from which on an entry is in sight again, whether it is away or a sealed letter; a
-- word that sorts after every day where it comes back only when asked for, and empty where it
-- always is in sight. Derived from `particulars` whenever these are saved.
ALTER TABLE entry ADD COLUMN hidden_until TEXT NOT NULL DEFAULT '';

-- As before, and with what tells whether an entry is in sight.
DROP INDEX entry_by_day;
CREATE INDEX entry_by_day
    ON entry (day, written_at, number, kind, mood, starred, words, hidden_until)
    WHERE deleted_at IS NULL;

-- What lists pass over: all that is no page, and all that is or was out of sight. Few, so that
-- what asks for them costs nothing in a long journal.
CREATE INDEX entry_aside ON entry (kind, hidden_until, day, written_at, number)
    WHERE deleted_at IS NULL AND (kind <> 'page' OR hidden_until <> '');
