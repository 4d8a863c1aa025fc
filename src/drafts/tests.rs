use super::*;

fn drafts() -> (tempfile::TempDir, Drafts) {
    let home = tempfile::tempdir().expect("a folder");
    let drafts = Drafts::of(&home.path().join("journal.db"));
    (home, drafts)
}

fn text(draft: &Draft) -> String {
    let bytes = draft.read(1000).expect("readable").expect("there");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn a_draft_waits_only_when_nobody_writes_it() {
    let (_home, drafts) = drafts();
    assert!(drafts.waiting(None).expect("no folder").is_empty());
    let metadata = DraftMetadata {
        mood: Some(2),
        ..DraftMetadata::default()
    };
    let draft = drafts.begin(&metadata, "half a page").expect("begun");
    assert!(drafts.waiting(None).expect("readable").is_empty());
    drop(draft);
    let mut waiting = drafts.waiting(None).expect("readable");
    let draft = waiting.pop().expect("one waits");
    assert_eq!(
        (text(&draft).as_str(), draft.metadata()),
        ("half a page", metadata)
    );
    // Nobody else can resume it now.
    assert!(drafts.waiting(None).expect("readable").is_empty());
    draft.remove("", None);
    assert!(
        !drafts.folder.exists(),
        "the folder goes with its last draft"
    );
}

#[test]
fn a_page_without_metadata_is_found() {
    let (_home, drafts) = drafts();
    let folder = drafts.folder.join("draft-x");
    fs::create_dir_all(&folder).expect("made");
    fs::write(folder.join(PAGE), "late").expect("written");
    let waiting = drafts.waiting(None).expect("readable");
    assert_eq!(text(&waiting[0]), "late");
    assert_eq!(waiting[0].metadata(), DraftMetadata::default());
}

#[test]
fn rewriting_replaces_the_page() {
    let (_home, drafts) = drafts();
    let mut draft = drafts
        .begin(&DraftMetadata::default(), "a long first text")
        .expect("begun");
    draft.rewrite("short").expect("rewritten");
    assert_eq!(text(&draft), "short");
}

#[test]
fn bytes_are_kept_as_they_came() {
    let (home, drafts) = drafts();
    let Some(KeptText::InFile(path)) = drafts.set_aside(None, b"a\xff\0b", &[]) else {
        panic!("not kept");
    };
    assert!(path.starts_with(home.path()));
    assert_eq!(fs::read(path).expect("there"), b"a\xff\0b");
    assert!(
        drafts.waiting(None).expect("readable").is_empty(),
        "no page to take up"
    );
}

/// An encrypted journal, with a folder that stands in for one in memory.
#[cfg(feature = "encryption")]
mod sealed {
    use super::*;
    use crate::journal::{KeyCost, Passphrase};

    struct Place {
        home: tempfile::TempDir,
        drafts: Drafts,
        journal: Journal,
    }

    fn place() -> Place {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("journal.db");
        let now = chrono::DateTime::parse_from_rfc3339("2026-11-22T21:00:00+01:00");
        let passphrase = Passphrase::new("open", KeyCost::TRIAL);
        let journal = Journal::create_encrypted(&path, now.expect("an instant"), &passphrase);
        let memory = home.path().join("memory");
        fs::create_dir(&memory).expect("made");
        let drafts = Drafts::of(&path).encrypted(DraftPlaces {
            in_memory: vec![memory],
            on_disk: false,
        });
        Place {
            home,
            drafts,
            journal: journal.expect("made"),
        }
    }

    impl Place {
        fn in_memory(&self) -> usize {
            let homes = fs::read_dir(self.home.path().join("memory")).expect("there");
            let drafts = homes.map(|home| fs::read_dir(home.expect("there").path()));
            drafts.map(|drafts| drafts.expect("there").count()).sum()
        }

        fn begin(&self, text: &str) -> Draft {
            let metadata = DraftMetadata {
                mood: Some(2),
                ..DraftMetadata::default()
            };
            self.drafts.begin(&metadata, text).expect("begun")
        }

        fn waiting(&self) -> Vec<Draft> {
            self.drafts.waiting(Some(&self.journal)).expect("readable")
        }

        fn gather(&mut self) {
            self.drafts.gather(&mut self.journal).expect("gathered");
        }

        /// Releases a draft and moves it into the journal, as at the end of a run.
        fn put_away(&mut self, draft: Draft) {
            let name = draft.name().to_owned();
            drop(draft);
            let meant = |other: &str| other == name;
            let put = self.drafts.put_away(&mut self.journal, meant);
            put.expect("put away");
        }
    }

    #[test]
    fn one_that_is_let_go_waits_in_the_journal_and_nowhere_else() {
        let mut place = place();
        let draft = place.begin("half a page");
        assert_eq!(place.in_memory(), 1);
        assert!(place.waiting().is_empty(), "it is being written");
        place.put_away(draft);
        assert_eq!(place.in_memory(), 0);
        assert!(!place.drafts.folder().exists());
        let draft = place.waiting().pop().expect("one waits");
        assert_eq!(
            (text(&draft).as_str(), draft.metadata().mood),
            ("half a page", Some(2))
        );
        // Listing drafts leaves them in the journal.
        place.put_away(draft);
        assert_eq!((place.in_memory(), place.waiting().len()), (0, 1));
    }

    #[test]
    fn only_those_that_are_meant_are_put_away() {
        let mut place = place();
        let (one, other) = (place.begin("one"), place.begin("other"));
        drop(other);
        place.put_away(one);
        assert_eq!((place.in_memory(), place.waiting().len()), (1, 2));
    }

    #[test]
    fn one_that_is_taken_up_is_in_both_places_until_it_is_saved() {
        let mut place = place();
        let draft = place.begin("first");
        place.put_away(draft);
        let mut draft = place.waiting().pop().expect("one waits");
        draft.rewrite("second").expect("rewritten");
        assert_eq!((place.in_memory(), place.waiting().len()), (1, 0));
        place.put_away(draft);
        let mut draft = place.waiting().pop().expect("one waits");
        assert_eq!(text(&draft), "second");
        draft.at_hand().expect("there");
        draft.remove("", Some(&mut place.journal));
        assert_eq!((place.in_memory(), place.waiting().len()), (0, 0));
    }

    #[test]
    fn what_a_killed_program_left_in_memory_is_gathered() {
        let mut place = place();
        drop(place.begin("half a page"));
        assert_eq!((place.in_memory(), place.waiting().len()), (1, 1));
        assert!(place.drafts.any_in_folders());
        place.gather();
        assert_eq!((place.in_memory(), place.waiting().len()), (0, 1));
        assert!(!place.drafts.any_in_folders());
    }

    #[test]
    fn one_with_something_beside_it_stays_where_that_is() {
        let mut place = place();
        let mut draft = place.begin("half a page");
        let page = draft.at_hand().expect("there");
        fs::write(page.with_file_name(".page.md.swp"), "more").expect("written");
        place.put_away(draft);
        place.gather();
        assert_eq!((place.in_memory(), place.waiting().len()), (1, 1));
    }

    #[test]
    fn what_is_left_to_an_editor_is_kept_twice_and_is_one_draft() {
        let mut place = place();
        let mut draft = place.begin("half a page");
        let page = draft.at_hand().expect("there");
        assert!(draft.secure(&mut place.journal).expect("kept"));
        drop(draft);
        fs::write(page, "saved late").expect("written");
        let waiting = place.waiting();
        assert_eq!(waiting.len(), 1);
        assert_eq!(text(&waiting[0]), "saved late");
        drop(waiting);
        // Memory is lost when the machine stops.
        fs::remove_dir_all(place.home.path().join("memory")).expect("removed");
        assert_eq!(text(&place.waiting()[0]), "half a page");
    }

    #[test]
    fn what_cannot_be_saved_is_kept_in_the_journal_or_else_in_memory() {
        let mut place = place();
        let Place {
            drafts, journal, ..
        } = &mut place;
        let metadata = DraftMetadata::default();
        let kept = drafts.keep(Some(&mut *journal), &metadata, "one", &[]);
        assert_eq!(kept, Some(KeptText::AsDraft));
        let bytes = drafts.set_aside(Some(&mut *journal), b"a\xff", &[]);
        assert_eq!(bytes, Some(KeptText::AsDraft));
        assert_eq!((place.waiting().len(), place.in_memory()), (2, 0));
        // A journal whose file was replaced refuses it, and so does one that is not lent.
        let path = place.home.path().join("journal.db");
        fs::rename(&path, place.home.path().join("gone")).expect("moved");
        for journal in [Some(&mut place.journal), None] {
            let kept = place.drafts.keep(journal, &metadata, "two", &[]);
            let Some(KeptText::InMemory(kept)) = kept else {
                panic!("not kept");
            };
            assert_eq!(fs::read_to_string(kept).expect("there"), "two");
        }
    }

    #[test]
    fn a_text_that_was_set_aside_comes_back_whole_whatever_its_lines_are() {
        let mut place = place();
        let typed = format!(
            "{}# a heading of mine\n",
            page_file::compose("above", "help")
        );
        let journal = Some(&mut place.journal);
        let kept = place.drafts.set_aside(journal, typed.as_bytes(), &[]);
        assert_eq!(kept, Some(KeptText::AsDraft));
        let page = text(&place.waiting()[0]);
        assert_eq!(page_file::written(&page), typed.trim_end());
    }

    #[test]
    fn drafts_of_a_plain_journal_follow_when_it_is_encrypted() {
        let mut place = place();
        let plain = Drafts::of(&place.home.path().join("journal.db"));
        drop(plain.begin(&DraftMetadata::default(), "from before"));
        let held = plain.begin(&DraftMetadata::default(), "still open");
        place.gather();
        assert_eq!(text(&place.waiting()[0]), "from before");
        drop(held);
        place.gather();
        assert_eq!(place.waiting().len(), 2);
        assert!(!plain.folder().exists());
    }

    #[test]
    fn a_name_from_the_journal_leads_nowhere_else() {
        let mut place = place();
        let name = "../../escaped".to_owned();
        let stored = StoredDraft {
            name,
            particulars: "{}".to_owned(),
            page: b"text".to_vec(),
        };
        place.journal.keep_draft(&stored).expect("kept");
        let page = place.waiting()[0].at_hand().expect("there");
        assert!(page.starts_with(place.home.path().join("memory")));
    }

    #[test]
    fn without_a_place_in_memory_nothing_is_put_on_the_disk_unasked() {
        let Place { home, drafts, .. } = place();
        let places = |on_disk| DraftPlaces {
            in_memory: Vec::new(),
            on_disk,
        };
        let drafts = drafts.encrypted(places(false));
        assert!(drafts.begin(&DraftMetadata::default(), "private").is_err());
        assert!(!drafts.folder().exists());
        let drafts = drafts.encrypted(places(true));
        let draft = drafts.begin(&DraftMetadata::default(), "private");
        assert!(drafts.folder().exists());
        draft.expect("begun").remove("", None);
        assert!(!drafts.folder().exists());
        drop(home);
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    #[test]
    fn nobody_else_can_look_or_meddle() {
        let (_home, drafts) = drafts();
        let mut draft = drafts
            .begin(&DraftMetadata::default(), "private")
            .expect("begun");
        let page = draft.at_hand().expect("there");
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        assert_eq!(mode(&drafts.folder), 0o700);
        assert_eq!(mode(page.parent().expect("a folder")), 0o700);
        assert_eq!(mode(&page), 0o600);
        assert_eq!(mode(&page.with_file_name(METADATA)), 0o600);
    }

    #[test]
    fn a_planted_link_is_refused() {
        let (home, drafts) = drafts();
        let victim = home.path().join("victim");
        fs::create_dir(&victim).expect("made");
        symlink(&victim, &drafts.folder).expect("linked");
        assert!(drafts.begin(&DraftMetadata::default(), "private").is_err());
        assert_eq!(fs::read_dir(&victim).expect("there").count(), 0);
    }

    #[test]
    fn a_folder_that_others_write_to_is_refused() {
        let (_home, drafts) = drafts();
        fs::create_dir(&drafts.folder).expect("made");
        fs::set_permissions(&drafts.folder, fs::Permissions::from_mode(0o777)).expect("set");
        assert!(drafts.begin(&DraftMetadata::default(), "private").is_err());
    }

    #[test]
    fn text_goes_elsewhere_when_its_place_is_barred() {
        let (home, drafts) = drafts();
        fs::write(&drafts.folder, "a file in the way").expect("written");
        let elsewhere = home.path().join("elsewhere");
        fs::create_dir(&elsewhere).expect("made");
        let kept = drafts.keep(
            None,
            &DraftMetadata::default(),
            "text",
            std::slice::from_ref(&elsewhere),
        );
        let Some(KeptText::InFile(path)) = kept else {
            panic!("not kept: {kept:?}")
        };
        assert!(path.starts_with(&elsewhere));
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(path).expect("there"), "text");
        assert_eq!(
            drafts.keep(None, &DraftMetadata::default(), "text", &[]),
            None
        );
    }

    #[test]
    fn a_link_in_place_of_the_page_is_not_followed() {
        let (home, drafts) = drafts();
        let mut draft = drafts
            .begin(&DraftMetadata::default(), "text")
            .expect("begun");
        let page = draft.at_hand().expect("there");
        fs::remove_file(&page).expect("removed");
        assert!(draft.read(10).expect("gone is no error").is_none());
        symlink(home.path(), &page).expect("linked");
        assert!(draft.read(10).is_err());
    }
}
