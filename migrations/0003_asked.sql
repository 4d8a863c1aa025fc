-- How often each question has been offered: kept by a trigger, so that choosing the next one
-- costs the same in the first week and after a hundred years.

CREATE TABLE asked (
    deck     TEXT NOT NULL,
    tip      TEXT NOT NULL,
    question TEXT NOT NULL,
    times    INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (deck, tip, question)
) STRICT, WITHOUT ROWID;

INSERT INTO asked (deck, tip, question, times)
SELECT deck, tip, question, count(*) FROM prompt GROUP BY deck, tip, question;

CREATE TRIGGER prompt_offered AFTER INSERT ON prompt BEGIN
    INSERT INTO asked (deck, tip, question, times)
    VALUES (new.deck, new.tip, new.question, 1)
    ON CONFLICT DO UPDATE SET times = times + 1;
END;

DROP INDEX prompt_by_question;
