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
    assert!(drafts.waiting().expect("no folder").is_empty());
    let particulars = Particulars {
        mood: Some(2),
        ..Particulars::default()
    };
    let draft = drafts.begin(&particulars, "half a page").expect("begun");
    assert!(drafts.waiting().expect("readable").is_empty());
    drop(draft);
    let mut waiting = drafts.waiting().expect("readable");
    let draft = waiting.pop().expect("one waits");
    assert_eq!(
        (text(&draft).as_str(), draft.particulars()),
        ("half a page", particulars)
    );
    // Taken up again, it is nobody else's.
    assert!(drafts.waiting().expect("readable").is_empty());
    draft.remove();
    assert!(
        !drafts.folder.exists(),
        "the folder goes with its last draft"
    );
}

#[test]
fn a_page_without_particulars_is_found() {
    let (_home, drafts) = drafts();
    let folder = drafts.folder.join("draft-x");
    fs::create_dir_all(&folder).expect("made");
    fs::write(folder.join(PAGE), "late").expect("written");
    let waiting = drafts.waiting().expect("readable");
    assert_eq!(text(&waiting[0]), "late");
    assert_eq!(waiting[0].particulars(), Particulars::default());
}

#[test]
fn rewriting_replaces_the_page() {
    let (_home, drafts) = drafts();
    let mut draft = drafts
        .begin(&Particulars::default(), "a long first text")
        .expect("begun");
    draft.rewrite("short").expect("rewritten");
    assert_eq!(text(&draft), "short");
}

#[test]
fn bytes_are_kept_as_they_came() {
    let (home, drafts) = drafts();
    let Some(Kept::InFile(path)) = drafts.set_aside(b"a\xff\0b", &[]) else {
        panic!("not kept");
    };
    assert!(path.starts_with(home.path()));
    assert_eq!(fs::read(path).expect("there"), b"a\xff\0b");
    assert!(
        drafts.waiting().expect("readable").is_empty(),
        "no page to take up"
    );
}

/// An encrypted journal, and a folder that stands for one in memory.
#[cfg(all(debug_assertions, feature = "encryption"))]
mod sealed {
    use super::*;
    use crate::journal::Passphrase;

    struct Place {
        home: tempfile::TempDir,
        drafts: Drafts,
    }

    fn place() -> Place {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("journal.db");
        let now = chrono::DateTime::parse_from_rfc3339("2026-11-22T21:00:00+01:00");
        let passphrase = Passphrase::for_trial("open");
        let journal = Journal::create_encrypted(&path, now.expect("an instant"), &passphrase);
        let key = journal.expect("made").key().cloned();
        let memory = home.path().join("memory");
        fs::create_dir(&memory).expect("made");
        let drafts = Drafts::of(&path).sealed(Sealed {
            key,
            in_memory: vec![memory],
            on_disk: false,
        });
        Place { home, drafts }
    }

    impl Place {
        fn in_memory(&self) -> usize {
            let homes = fs::read_dir(self.home.path().join("memory")).expect("there");
            let drafts = homes.map(|home| fs::read_dir(home.expect("there").path()));
            drafts.map(|drafts| drafts.expect("there").count()).sum()
        }

        fn begin(&self, text: &str) -> Draft {
            let particulars = Particulars {
                mood: Some(2),
                ..Particulars::default()
            };
            self.drafts.begin(&particulars, text).expect("begun")
        }

        fn waiting(&self) -> Vec<Draft> {
            self.drafts.waiting().expect("readable")
        }
    }

    #[test]
    fn one_that_is_let_go_waits_in_the_journal_and_nowhere_else() {
        let place = place();
        let draft = place.begin("half a page");
        assert_eq!(place.in_memory(), 1);
        assert!(place.waiting().is_empty(), "it is being written");
        drop(draft);
        assert_eq!(place.in_memory(), 0);
        assert!(!place.drafts.folder().exists());
        let draft = place.waiting().pop().expect("one waits");
        assert_eq!(
            (text(&draft).as_str(), draft.particulars().mood),
            ("half a page", Some(2))
        );
        // To be looked at it need not be taken out.
        drop(draft);
        assert_eq!((place.in_memory(), place.waiting().len()), (0, 1));
    }

    #[test]
    fn one_that_is_taken_up_is_in_both_places_until_it_is_saved() {
        let place = place();
        drop(place.begin("first"));
        let mut draft = place.waiting().pop().expect("one waits");
        draft.rewrite("second").expect("rewritten");
        assert_eq!((place.in_memory(), place.waiting().len()), (1, 0));
        drop(draft);
        let mut draft = place.waiting().pop().expect("one waits");
        assert_eq!(text(&draft), "second");
        draft.at_hand().expect("there");
        draft.remove();
        assert_eq!((place.in_memory(), place.waiting().len()), (0, 0));
    }

    #[test]
    fn what_a_killed_program_left_in_memory_is_gathered() {
        let place = place();
        let mut draft = place.begin("half a page");
        draft.in_hand = false;
        drop(draft);
        assert_eq!((place.in_memory(), place.waiting().len()), (1, 1));
        place.drafts.gather().expect("gathered");
        assert_eq!((place.in_memory(), place.waiting().len()), (0, 1));
    }

    #[test]
    fn one_with_something_beside_it_stays_where_that_is() {
        let place = place();
        let mut draft = place.begin("half a page");
        let page = draft.at_hand().expect("there");
        fs::write(page.with_file_name(".page.md.swp"), "more").expect("written");
        drop(draft);
        place.drafts.gather().expect("gathered");
        assert_eq!((place.in_memory(), place.waiting().len()), (1, 1));
    }

    #[test]
    fn what_is_left_to_an_editor_is_kept_twice_and_is_one_draft() {
        let place = place();
        let mut draft = place.begin("half a page");
        let page = draft.at_hand().expect("there");
        draft.leave();
        fs::write(page, "saved late").expect("written");
        let waiting = place.waiting();
        assert_eq!(waiting.len(), 1);
        assert_eq!(text(&waiting[0]), "saved late");
        drop(waiting);
        // What is in memory goes with the machine.
        fs::remove_dir_all(place.home.path().join("memory")).expect("removed");
        assert_eq!(text(&place.waiting()[0]), "half a page");
    }

    #[test]
    fn what_cannot_be_saved_is_kept_in_the_journal_or_else_in_memory() {
        let place = place();
        let keep = |text| place.drafts.keep(&Particulars::default(), text, &[]);
        assert_eq!(keep("one"), Some(Kept::AsDraft));
        let bytes = place.drafts.set_aside(b"a\xff", &[]);
        assert_eq!(bytes, Some(Kept::AsDraft));
        assert_eq!(place.waiting().len(), 2);
        assert_eq!(place.in_memory(), 0);
        let path = place.home.path().join("journal.db");
        fs::rename(&path, place.home.path().join("gone")).expect("moved");
        let Some(Kept::InMemory(kept)) = keep("two") else {
            panic!("not kept");
        };
        assert_eq!(fs::read_to_string(kept).expect("there"), "two");
    }

    #[test]
    fn a_text_that_was_set_aside_comes_back_whole_whatever_its_lines_are() {
        let place = place();
        let typed = format!("{}# a heading of mine\n", editor::compose("above", "help"));
        let kept = place.drafts.set_aside(typed.as_bytes(), &[]);
        assert_eq!(kept, Some(Kept::AsDraft));
        let page = text(&place.waiting()[0]);
        assert_eq!(editor::written(&page), typed.trim_end());
    }

    #[test]
    fn drafts_of_a_plain_journal_follow_when_it_is_encrypted() {
        let place = place();
        let plain = Drafts::of(&place.home.path().join("journal.db"));
        drop(plain.begin(&Particulars::default(), "from before"));
        let held = plain.begin(&Particulars::default(), "still open");
        place.drafts.gather().expect("gathered");
        assert_eq!(text(&place.waiting()[0]), "from before");
        drop(held);
        place.drafts.gather().expect("gathered");
        assert_eq!(place.waiting().len(), 2);
        assert!(!plain.folder().exists());
    }

    #[test]
    fn a_name_from_the_journal_leads_nowhere_else() {
        let place = place();
        let name = "../../escaped".to_owned();
        let stored = StoredDraft {
            name,
            particulars: "{}".to_owned(),
            page: b"text".to_vec(),
        };
        let journal = place.drafts.open();
        journal.expect("open").keep_draft(&stored).expect("kept");
        let page = place.waiting()[0].at_hand().expect("there");
        assert!(page.starts_with(place.home.path().join("memory")));
    }

    #[test]
    fn without_a_place_in_memory_nothing_is_put_on_the_disk_unasked() {
        let Place { home, drafts } = place();
        let sealed = drafts.sealed.clone().map(|it| Sealed {
            in_memory: Vec::new(),
            ..it
        });
        let drafts = Drafts { sealed, ..drafts };
        assert!(drafts.begin(&Particulars::default(), "private").is_err());
        assert!(!drafts.folder().exists());
        let sealed = drafts.sealed.clone().map(|it| Sealed {
            on_disk: true,
            ..it
        });
        let drafts = Drafts { sealed, ..drafts };
        let draft = drafts.begin(&Particulars::default(), "private");
        assert!(drafts.folder().exists());
        drop(draft);
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
            .begin(&Particulars::default(), "private")
            .expect("begun");
        let page = draft.at_hand().expect("there");
        let mode = |path: &Path| fs::metadata(path).expect("there").mode() & 0o777;
        assert_eq!(mode(&drafts.folder), 0o700);
        assert_eq!(mode(page.parent().expect("a folder")), 0o700);
        assert_eq!(mode(&page), 0o600);
        assert_eq!(mode(&page.with_file_name(PARTICULARS)), 0o600);
    }

    #[test]
    fn a_planted_link_is_refused() {
        let (home, drafts) = drafts();
        let victim = home.path().join("victim");
        fs::create_dir(&victim).expect("made");
        symlink(&victim, &drafts.folder).expect("linked");
        assert!(drafts.begin(&Particulars::default(), "private").is_err());
        assert_eq!(fs::read_dir(&victim).expect("there").count(), 0);
    }

    #[test]
    fn a_folder_that_others_write_to_is_refused() {
        let (_home, drafts) = drafts();
        fs::create_dir(&drafts.folder).expect("made");
        fs::set_permissions(&drafts.folder, fs::Permissions::from_mode(0o777)).expect("set");
        assert!(drafts.begin(&Particulars::default(), "private").is_err());
    }

    #[test]
    fn text_goes_elsewhere_when_its_place_is_barred() {
        let (home, drafts) = drafts();
        fs::write(&drafts.folder, "a file in the way").expect("written");
        let elsewhere = home.path().join("elsewhere");
        fs::create_dir(&elsewhere).expect("made");
        let kept = drafts.keep(
            &Particulars::default(),
            "text",
            std::slice::from_ref(&elsewhere),
        );
        let Some(Kept::InFile(path)) = kept else {
            panic!("not kept: {kept:?}")
        };
        assert!(path.starts_with(&elsewhere));
        assert_eq!(fs::metadata(&path).expect("there").mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(path).expect("there"), "text");
        assert_eq!(drafts.keep(&Particulars::default(), "text", &[]), None);
    }

    #[test]
    fn a_link_in_place_of_the_page_is_not_followed() {
        let (home, drafts) = drafts();
        let mut draft = drafts
            .begin(&Particulars::default(), "text")
            .expect("begun");
        let page = draft.at_hand().expect("there");
        fs::remove_file(&page).expect("removed");
        assert!(draft.read(10).expect("gone is no error").is_none());
        symlink(home.path(), &page).expect("linked");
        assert!(draft.read(10).is_err());
    }
}
