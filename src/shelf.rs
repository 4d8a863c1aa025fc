//! The shelf: the built-in deck, and a person's own decks. Each of those is a file in the
//! folder `decks` beside the configuration, named after its slug.
//!
//! A deck with faults is left out, and the reason is told. Everything else goes on.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::decks::{Deck, DeckFault, Decks, MAX_FILE};
use crate::error::{Error, Result};
use crate::files::make_private_folder;
use crate::model::entry::BUILT_IN_DECK;

/// The folder of a person's own decks.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: Option<PathBuf>,
}

/// A file in the folder of decks.
#[derive(Debug, Clone)]
pub struct DeckFile {
    /// Its name without `.toml`, which is the slug of a deck without faults.
    pub slug: String,
    /// The path of the file.
    pub file: PathBuf,
    /// The deck, or all its faults.
    pub deck: Result<Deck, Vec<DeckFault>>,
}

/// The decks in use.
#[derive(Debug, Clone, Default)]
pub struct DecksInUse {
    /// The decks without faults, or the built-in deck if there are none.
    pub decks: Decks,
    /// The decks that were to be used and cannot be.
    pub left_out: Vec<UnusableDeck>,
    /// True if the built-in deck stands in because no deck that was to be used can be.
    pub fell_back: bool,
}

/// A deck that was to be used and cannot be.
#[derive(Debug, Clone)]
pub struct UnusableDeck {
    /// Its slug.
    pub slug: String,
    /// The path of its file, which may be missing.
    pub file: PathBuf,
    /// Its faults; at least one.
    pub faults: Vec<DeckFault>,
}

impl UnusableDeck {
    /// The first fault as a sentence, with the file and the line.
    pub fn first(&self) -> String {
        self.faults
            .first()
            .map(|fault| format!("{}.", fault.in_file(&self.file)))
            .unwrap_or_default()
    }
}

impl Shelf {
    /// The folder beside a configuration file. Without one there is only the built-in deck.
    pub fn beside(config: Option<&Path>) -> Shelf {
        Shelf {
            folder: config.map(|config| config.with_file_name("decks")),
        }
    }

    /// The path for the deck with this slug.
    ///
    /// # Errors
    /// [`Error::NoHome`] if there is no configuration file.
    fn file_of(&self, slug: &str) -> Result<PathBuf> {
        let folder = self.folder.as_ref().ok_or(Error::NoHome)?;
        Ok(folder.join(format!("{slug}.toml")))
    }

    /// The person's own decks, by name.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder exists and cannot be read.
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

    /// The person's own deck with this slug; `None` if there is no such file.
    pub fn get(&self, slug: &str) -> Option<DeckFile> {
        let file = self.file_of(slug).ok()?;
        // A link to nowhere counts as a file, and reading it is a fault.
        fs::symlink_metadata(&file).ok()?;
        Some(found(file))
    }

    /// The decks with these slugs, in this order. Without slugs, the built-in deck.
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

    /// Makes the file of a new deck from a template and returns its path. An existing file
    /// stays as it is.
    ///
    /// # Errors
    /// [`Error::Usage`] if there is a deck with this slug; [`Error::NoHome`], [`Error::Io`]
    /// and [`Error::DiskFull`].
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
        // A temporary file is readable only by its owner, and stays so under its new name.
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

    /// Reads the file of a deck in any folder.
    ///
    /// # Errors
    /// All faults of the deck.
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

/// Reads a file in the folder of decks.
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

/// The text of a file, unless it cannot be a deck.
fn text_of(path: &Path) -> Result<String, DeckFault> {
    let cannot = |error: io::Error| whole(format!("it cannot be read: {error}"));
    // Refuse pipes and devices: opening a pipe would block for ever, and a device may never
    // end.
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

/// A fault of the whole file.
fn whole(reason: impl Into<String>) -> DeckFault {
    DeckFault {
        line: None,
        reason: reason.into(),
    }
}
