//! The decks there are: the one that is built in, and those of one's own, each a file in the
//! folder `decks` beside the configuration, called like its slug.
//!
//! A deck that cannot be used is left out, with the reason; nothing else stops for it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::decks::{Deck, DeckFault, Decks, MAX_FILE};
use crate::error::{Error, Result};
use crate::files::make_private_folder;
use crate::model::entry::BUILT_IN_DECK;

/// A folder of decks.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: Option<PathBuf>,
}

/// A file that is to be a deck.
#[derive(Debug, Clone)]
pub struct DeckFile {
    /// Its name without `.toml`: the slug, if it can be used.
    pub slug: String,
    /// Where it lies.
    pub file: PathBuf,
    /// The deck, or all that is wrong with it.
    pub deck: Result<Deck, Vec<DeckFault>>,
}

/// The decks in use.
#[derive(Debug, Clone, Default)]
pub struct DecksInUse {
    /// Those that can be used; the one that is built in where none can.
    pub decks: Decks,
    /// Those that cannot.
    pub left_out: Vec<UnusableDeck>,
    /// Whether the deck that is built in stands in for all that were to be used.
    pub fell_back: bool,
}

/// A deck that is to be in use and cannot.
#[derive(Debug, Clone)]
pub struct UnusableDeck {
    /// Its slug.
    pub slug: String,
    /// Where it lies, or should.
    pub file: PathBuf,
    /// What is wrong with it; at least one fault.
    pub faults: Vec<DeckFault>,
}

impl UnusableDeck {
    /// The first of its faults, as a sentence with the file and the line.
    pub fn first(&self) -> String {
        self.faults
            .first()
            .map(|fault| format!("{}.", fault.in_file(&self.file)))
            .unwrap_or_default()
    }
}

impl Shelf {
    /// The folder beside a configuration. Without one there is only the deck that is built in.
    pub fn beside(config: Option<&Path>) -> Shelf {
        Shelf {
            folder: config.map(|config| config.with_file_name("decks")),
        }
    }

    /// Where a deck of one's own lies, or would.
    ///
    /// # Errors
    /// [`Error::NoHome`].
    fn file_of(&self, slug: &str) -> Result<PathBuf> {
        let folder = self.folder.as_ref().ok_or(Error::NoHome)?;
        Ok(folder.join(format!("{slug}.toml")))
    }

    /// Every deck of one's own, by name.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder is there and cannot be read.
    pub fn all(&self) -> Result<Vec<DeckFile>> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let wrong = |error| Error::io("read", folder, error);
        let files = match fs::read_dir(folder) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(wrong(error)),
        };
        let mut names = Vec::new();
        for file in files {
            let path = file.map_err(wrong)?.path();
            let hidden = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(b".");
            if path.extension().is_some_and(|ending| ending == "toml")
                && !path.file_name().is_some_and(hidden)
            {
                names.push(path);
            }
        }
        names.sort();
        Ok(names.into_iter().map(found).collect())
    }

    /// The deck of one's own with this slug; `None` where there is no such file.
    pub fn get(&self, slug: &str) -> Option<DeckFile> {
        let file = self.file_of(slug).ok()?;
        // A link to nowhere is there, and wrong.
        fs::symlink_metadata(&file).ok()?;
        Some(found(file))
    }

    /// The decks with these slugs that can be used, in this order. Without slugs, the one that
    /// is built in.
    pub fn choose(&self, slugs: Option<&[String]>) -> DecksInUse {
        let Some(slugs) = slugs else {
            return DecksInUse::default();
        };
        let (mut decks, mut left_out) = (Vec::new(), Vec::new());
        for slug in slugs {
            if slug == BUILT_IN_DECK {
                decks.push(Deck::walk_away().clone());
                continue;
            }
            let missing = || DeckFile {
                slug: slug.clone(),
                file: self.file_of(slug).unwrap_or_default(),
                deck: Err(vec![whole("it is not there")]),
            };
            let DeckFile { file, deck, .. } = self.get(slug).unwrap_or_else(missing);
            match deck {
                Ok(deck) => decks.push(deck),
                Err(faults) => left_out.push(UnusableDeck {
                    slug: slug.clone(),
                    file,
                    faults,
                }),
            }
        }
        DecksInUse {
            fell_back: decks.is_empty(),
            decks: Decks::of(decks),
            left_out,
        }
    }

    /// Begins a deck of one's own; says where it lies. A file that is there is left alone.
    ///
    /// # Errors
    /// [`Error::Usage`] where there is such a deck; [`Error::Io`] and the like.
    pub fn begin(&self, slug: &str) -> Result<PathBuf> {
        let file = self.file_of(slug)?;
        let taken = || Error::Usage {
            what: format!("there is a deck {slug} already"),
            hint: Some("give the new one another name: onward deck new NAME".to_owned()),
        };
        if slug == BUILT_IN_DECK || fs::symlink_metadata(&file).is_ok() {
            return Err(taken());
        }
        let wrong = |error| Error::io("write", &file, error);
        let folder = file.parent().unwrap_or(Path::new(""));
        make_private_folder(folder)?;
        // Only its owner can read a temporary file, and so what it becomes.
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(wrong)?;
        let text = include_str!("../prompts/new-deck.toml").replace("my-deck", slug);
        io::Write::write_all(&mut new, text.as_bytes())
            .and_then(|()| new.as_file().sync_all())
            .map_err(wrong)?;
        match new.persist_noclobber(&file) {
            Ok(_) => Ok(file),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(taken()),
            Err(error) => Err(wrong(error.error)),
        }
    }

    /// Reads the file of a deck, wherever it lies.
    ///
    /// # Errors
    /// Every fault there is.
    pub fn read(&self, file: &Path) -> Result<Deck, Vec<DeckFault>> {
        let here = self.folder.as_deref().is_some_and(|folder| {
            let same =
                |a: &Path, b: &Path| fs::canonicalize(a).ok().zip(fs::canonicalize(b).ok());
            let parent = match file.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                _ => Path::new("."),
            };
            same(parent, folder).is_some_and(|(a, b)| a == b)
        });
        if here {
            found(file.to_path_buf()).deck
        } else {
            read(file, None)
        }
    }
}

/// A file of the folder.
fn found(file: PathBuf) -> DeckFile {
    let name = file.file_stem().unwrap_or_default();
    let slug = name.to_string_lossy().into_owned();
    DeckFile {
        deck: read(&file, Some(&slug)),
        slug,
        file,
    }
}

fn read(file: &Path, name: Option<&str>) -> Result<Deck, Vec<DeckFault>> {
    let text = text_of(file).map_err(|fault| vec![fault])?;
    Deck::parse_own(&text, name)
}

/// What a file says, if it can be a deck at all.
fn text_of(path: &Path) -> Result<String, DeckFault> {
    let cannot = |error: io::Error| whole(format!("it cannot be read: {error}"));
    // Opening a pipe would wait for ever, and a device may never end.
    if !fs::metadata(path).map_err(cannot)?.is_file() {
        return Err(whole("it is no plain file"));
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut bytes))
        .map_err(cannot)?;
    if bytes.len() as u64 > MAX_FILE {
        let most = MAX_FILE / 1024;
        return Err(whole(format!(
            "it is larger than {most} KB, which no deck is"
        )));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        DeckFault {
            line: Some(1 + valid.iter().filter(|&&byte| byte == b'\n').count()),
            reason: "it is not valid UTF-8".to_owned(),
        }
    })
}

/// A fault of a file as a whole.
fn whole(reason: impl Into<String>) -> DeckFault {
    DeckFault {
        line: None,
        reason: reason.into(),
    }
}
