//! Journals of any size, the same on every machine, for measuring.
//!
//! An entry has about 120 words, as unequally frequent as those of a language; one to three
//! entries a day go back from [`TODAY`] without a gap; they carry tags, moods and stars.
//! Each day has its prompt, and its entries reflect on it, as the program itself would have
//! offered and filed them; each entry can be undone. What triggers keep, they have kept.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, TimeDelta};
use onward::decks::Deck;
use onward::journal::{Journal, ask_nobody};
use onward::model::entry::words;
use rusqlite::{Connection, params};
use uuid::Builder;

/// The last day of every journal made here.
pub(crate) const TODAY: &str = "2026-11-22";

/// A tag on about every tenth entry.
pub(crate) const COMMON_TAG: &str = "sleep";

/// A tag on one entry in ten thousand, and on one at least.
pub(crate) const RARE_TAG: &str = "wedding";

/// A word in the text of the entries that carry [`RARE_TAG`], and of no others.
pub(crate) const RARE_WORD: &str = "lighthouse";

/// A word in nearly every entry.
pub(crate) const COMMON_WORD: &str = "the";

/// Goes up with every change to what is generated: older files are then made anew.
const EDITION: u32 = 2;

/// A journal of so many entries, made now or by an earlier run. It is shared by all runs:
/// measure what writes on a [`copy`].
pub(crate) fn journal(entries: usize) -> PathBuf {
    let folder = folder();
    let new = folder.join(format!("{entries}.new"));
    remove(&new);
    let now =
        DateTime::parse_from_rfc3339(&format!("{TODAY}T22:00:00+01:00")).expect("an instant");
    drop(Journal::open(&new, now, &mut ask_nobody).expect("a new journal"));
    let mut file = Connection::open(&new).expect("the new journal");
    // A file that was made for another layout or another deck is no use any more.
    let layout = layout(&file).expect("the new journal's layout");
    let path = folder.join(format!("{entries}-{layout:016x}.db"));
    if !path.exists() {
        fill(&mut file, entries, now).expect("the journal can be filled");
        drop(file);
        fs::rename(&new, &path).expect("the journal can be put in place");
    }
    remove(&new);
    path
}

/// A file that is gone when it is dropped, with what SQLite puts beside it.
pub(crate) struct Copy(pub(crate) PathBuf);

/// Copies a journal that ask_nobody has open.
pub(crate) fn copy(journal: &Path, name: &str) -> Copy {
    let copy = place(name);
    fs::copy(journal, &copy.0).expect("the journal can be copied");
    // On the disk before anything is measured: what is written next would have to wait for it.
    let copied = File::open(&copy.0).and_then(|file| file.sync_all());
    copied.expect("the copy can be made durable");
    copy
}

/// Where a file of this run can be put, for as long as the answer is kept.
pub(crate) fn place(name: &str) -> Copy {
    Copy(folder().join(format!("{}-{name}", std::process::id())))
}

/// A journal without entries, and with nothing that its day has offered.
pub(crate) fn empty(name: &str) -> Copy {
    let empty = place(name);
    let now =
        DateTime::parse_from_rfc3339(&format!("{TODAY}T22:00:00+01:00")).expect("an instant");
    drop(Journal::open(&empty.0, now, &mut ask_nobody).expect("a new journal"));
    empty
}

/// An export of a journal, and the statements that insert the rows which importing it does.
pub(crate) fn export(journal: &Path) -> (Copy, Copy) {
    let now =
        DateTime::parse_from_rfc3339(&format!("{TODAY}T22:00:00+01:00")).expect("an instant");
    let name = journal.file_stem().unwrap_or_default().display();
    let [export, sql] = ["jsonl", "sql"].map(|suffix| place(&format!("{name}.{suffix}")));
    let from = Journal::open_to_read(journal, &mut ask_nobody).expect("the journal opens");
    let file = BufWriter::new(File::create(&export.0).expect("a file"));
    from.export_whole(&Default::default(), file, now, &mut |_| Ok(()))
        .expect("the journal can be exported");

    let scratch = empty(&format!("{name}-scratch"));
    let mut to = Journal::open(&scratch.0, now, &mut ask_nobody).expect("the journal opens");
    let reader = onward::formats::ReadContext {
        zone: &onward::model::Zone::UTC,
        date_from: None,
        password: &|_| None,
        progress: &|_| (),
        opened: None,
    };
    to.import(&Default::default(), now, |importing| {
        onward::formats::onward::read(&export.0, &reader, &mut |item| {
            importing.take("onward", item)?;
            Ok(())
        })?;
        Ok(())
    })
    .expect("the export can be imported");
    drop(to);
    let write = || -> Result<(), Box<dyn std::error::Error>> {
        let file = Connection::open(&scratch.0)?;
        let mut statements = BufWriter::new(File::create(&sql.0)?);
        writeln!(
            statements,
            "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;
             BEGIN IMMEDIATE;"
        )?;
        for table in [
            "prompt",
            "entry",
            "revision",
            "tag",
            "reflection",
            "origin",
            "action",
            "action_entry",
        ] {
            let columns: Vec<String> = file
                .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            let values: Vec<String> = columns
                .iter()
                .map(|column| format!("quote({column})"))
                .collect();
            let mut rows = file.prepare(&format!(
                "SELECT concat_ws(',', {}) FROM {table}",
                values.join(", ")
            ))?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let values: String = row.get(0)?;
                writeln!(statements, "INSERT INTO {table} VALUES ({values});")?;
            }
        }
        writeln!(statements, "COMMIT;")?;
        Ok(statements.flush()?)
    };
    write().expect("the rows can be read and written down");
    (export, sql)
}

impl Drop for Copy {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(journal: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", journal.display()));
    }
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench-journals");
    fs::create_dir_all(&folder).expect("a folder for journals");
    folder
}

/// The mood of every entry, 0 where it has none.
pub(crate) fn moods(journal: &Path) -> Vec<u8> {
    let read = || -> rusqlite::Result<Vec<u8>> {
        Connection::open(journal)?
            .prepare("SELECT coalesce(mood, 0) FROM entry ORDER BY number")?
            .query_map([], |row| row.get(0))?
            .collect()
    };
    read().expect("the journal can be read")
}

/// A number that changes with the tables, the deck and the generator.
fn layout(file: &Connection) -> rusqlite::Result<u64> {
    let schema: String = file.query_row(
        "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)",
        [],
        |row| row.get(0),
    )?;
    // FNV-1a
    let bytes = [schema, format!("{:?}{EDITION}", Deck::walk_away())].concat();
    Ok(bytes.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}

/// The text of a page that is not in any journal yet: another one for each number.
pub(crate) fn text(number: u64) -> String {
    static LANGUAGE: LazyLock<Words> = LazyLock::new(|| Words::new(&mut Chance(SEED)));
    LANGUAGE.page(&mut Chance(SEED ^ number.rotate_left(32))).0
}

fn fill(
    file: &mut Connection,
    entries: usize,
    now: DateTime<FixedOffset>,
) -> rusqlite::Result<()> {
    // Nothing here outlives a crash, and nothing has to.
    file.execute_batch(
        "PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -262144;",
    )?;
    let deck = Deck::walk_away();
    let mut chance = Chance(SEED);
    let language = Words::new(&mut chance);
    let (mut left, mut per_day) = (entries, Vec::new());
    while left > 0 {
        let today = [1, 1, 1, 2, 2, 3][chance.below(6)].min(left);
        per_day.push(today);
        left -= today;
    }
    let first = NaiveDate::from_ymd_opt(2026, 11, 22).expect("a date")
        - Days::new(per_day.len() as u64 - 1);

    let transaction = file.transaction()?;
    {
        let device: String =
            transaction.query_row("SELECT device FROM journal", [], |row| row.get(0))?;
        let mut prompt = transaction.prepare(
            "INSERT INTO prompt (day, turn, deck, tip, question, offered_at)
             VALUES (?1, 1, ?2, ?3, ?4, ?5)",
        )?;
        let mut entry = transaction.prepare(
            "INSERT INTO entry (number, id, kind, day, written_at, text, words, mood, starred,
                                revision, device, saved_at)
             VALUES (?1, ?2, 'page', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?4)",
        )?;
        let mut tag =
            transaction.prepare("INSERT INTO tag (entry, tag, by_hand) VALUES (?1, ?2, ?3)")?;
        let mut reflection = transaction.prepare(
            "INSERT INTO reflection (entry, deck, tip, number, title, question)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let mut action = transaction
            .prepare("INSERT INTO action (number, what, made_at) VALUES (?1, 'write', ?2)")?;
        let mut touched = transaction.prepare(
            "INSERT INTO action_entry (action, entry, before, after) VALUES (?1, ?1, NULL, ?2)",
        )?;
        let mut number = 0;
        for (at, &pages) in per_day.iter().enumerate() {
            let date = first + Days::new(at as u64);
            let day = date.to_string();
            // Every day is answered, so the deck goes round in its order, and so do the
            // questions of each tip.
            let tip = &deck.tips[at % deck.tips.len()];
            let question = &tip.questions[at / deck.tips.len() % tip.questions.len()];
            let morning = date
                .and_hms_opt(8, 0, 0)
                .and_then(|at| at.and_local_timezone(*now.offset()).single())
                .expect("a morning");
            let offered = morning.to_rfc3339();
            prompt.execute([&day, &deck.slug, &tip.slug, question, &offered])?;
            for page in 0..pages {
                number += 1;
                let minutes = 60 * 4 * page + chance.below(60 * 4);
                let written = morning + TimeDelta::minutes(minutes as i64);
                let mut id = || {
                    let stamp = u64::try_from(written.timestamp_millis() + page as i64)
                        .unwrap_or_default();
                    let mut random = [0; 10];
                    random.fill_with(|| chance.below(256) as u8);
                    Builder::from_unix_timestamp_millis(stamp, &random)
                        .into_uuid()
                        .to_string()
                };
                let (id, revision) = (id(), id());
                let (mut text, in_text) = language.page(&mut chance);
                let rare = number % 10_000 == 500;
                if rare {
                    text.push_str(&format!("\n\nWe went to the {RARE_WORD}."));
                }
                let mood = [
                    None,
                    None,
                    Some(1),
                    Some(2),
                    Some(2),
                    Some(3),
                    Some(3),
                    Some(3),
                    Some(4),
                    Some(5),
                ][chance.below(10)];
                entry.execute(params![
                    number,
                    id,
                    day,
                    written.to_rfc3339(),
                    text,
                    words(&text),
                    mood,
                    chance.below(50) == 0,
                    revision,
                    device,
                ])?;
                let mut tags = in_text
                    .map(|tag| (tag, false))
                    .into_iter()
                    .collect::<Vec<_>>();
                for (common, name) in TAGS.iter().enumerate() {
                    if tags.len() < 3 && chance.below(10 * (common + 1)) == 0 {
                        tags.push((name, true));
                    }
                }
                if rare {
                    tags.push((RARE_TAG, true));
                }
                tags.sort_unstable();
                tags.dedup_by_key(|(tag, _)| *tag);
                for (name, by_hand) in tags {
                    tag.execute(params![number, name, by_hand])?;
                }
                action.execute(params![number, written.to_rfc3339()])?;
                touched.execute(params![number, revision])?;
                // A second page is sometimes written with --free.
                if page == 0 || chance.below(4) > 0 {
                    reflection.execute(params![
                        number, deck.slug, tip.slug, tip.number, tip.title, question
                    ])?;
                }
            }
        }
    }
    transaction.commit()?;
    file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// The tags in use, the commonest first.
const TAGS: [&str; 16] = [
    COMMON_TAG, "work", "friends", "run", "family", "cooking", "music", "dream", "anger",
    "reading", "money", "garden", "letter", "train", "sunday", "birthday",
];

/// Where chance begins.
const SEED: u64 = 0x5eed;

/// A small generator of numbers that is the same everywhere: SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// The words there are and how often each is used.
struct Words {
    words: Vec<String>,
    /// The weights of the words up to and with each.
    sums: Vec<u64>,
}

/// How many words there are besides the everyday ones.
const TAIL: usize = 20_000;

impl Words {
    fn new(chance: &mut Chance) -> Words {
        let mut words: Vec<String> = EVERYDAY.split_whitespace().map(str::to_owned).collect();
        for _ in 0..TAIL {
            let mut word = String::new();
            for _ in 0..2 + chance.below(3) {
                word.push_str(ONSETS[chance.below(ONSETS.len())]);
                word.push_str(RIMES[chance.below(RIMES.len())]);
            }
            words.push(word);
        }
        // Zipf: the n-th word is used 1/n times as often as the first.
        let mut sum = 0;
        let sums = (1..=words.len() as u64)
            .map(|rank| {
                sum += 1_000_000_000 / rank;
                sum
            })
            .collect();
        Words { words, sums }
    }

    fn word(&self, chance: &mut Chance) -> &str {
        let all = self.sums.last().copied().unwrap_or(1);
        let point = chance.next() % all;
        &self.words[self.sums.partition_point(|&sum| sum <= point)]
    }

    /// The text of an entry, with the tag that stands in it, if one does.
    fn page(&self, chance: &mut Chance) -> (String, Option<&'static str>) {
        let mut text = String::new();
        let mut left = 60 + chance.below(121);
        while left > 0 {
            if !text.is_empty() {
                text.push_str(if chance.below(5) == 0 { "\n\n" } else { " " });
            }
            let sentence = (5 + chance.below(14)).min(left);
            left -= sentence;
            for at in 0..sentence {
                let word = self.word(chance);
                if at == 0 {
                    let mut letters = word.chars();
                    text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
                    text.push_str(letters.as_str());
                } else {
                    text.push(' ');
                    text.push_str(word);
                }
            }
            text.push('.');
        }
        let tag = (chance.below(8) == 0).then(|| TAGS[chance.below(TAGS.len())]);
        if let Some(tag) = tag {
            text.push_str(" #");
            text.push_str(tag);
        }
        (text, tag)
    }
}

/// Everyday words, roughly the commonest first.
const EVERYDAY: &str = "\
    i the to and a it was of my in that me but not for with on we had they this is at so be \
    have about what as out all when up do if or then day did just there from no today been \
    were you would too because time them after more her how work again get one him think \
    home still feel went now by want know back like go could said felt will thought into \
    really good some who am an only before got over something much night than first last \
    made never down next morning around even see call long phone his talk walk little well \
    friend place anything things off two make our sleep right always myself hour very way \
    same away came friends nothing evening week told people every tired few while old look \
    better saw house left tell days own take may alone enough should sad everything bed \
    coffee need asked write maybe heart woke quiet happy why once help kitchen ever dinner \
    most also can cold three another start sat does read end keep let soon light other read \
    weeks street train tea years mother sister brother father rain dog park music angry \
    laughed cried missed message letter door window garden bread table cup shoes bus book \
    afraid brave calm proud lonely busy early late year month sunday monday saturday winter \
    summer spring autumn birthday photo song promise plan list hand hands face voice words \
    silence yesterday tomorrow weekend office boss meeting lunch supper shower bath bike run \
    ran swim gym yoga breath breathe rest slept dream dreamed remember forget forgive hope \
    wish try tried trust miss hurt cry smile laugh love";

const ONSETS: [&str; 20] = [
    "b", "br", "c", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "st",
    "t", "tr", "v",
];
const RIMES: [&str; 20] = [
    "a", "al", "an", "ar", "e", "el", "en", "er", "est", "i", "in", "ing", "is", "o", "on",
    "or", "ow", "u", "un", "y",
];
