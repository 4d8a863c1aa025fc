//! What is written into an encrypted journal is in no other file: not in a draft, not in what an
//! editor keeps, not in what a killed program leaves behind. Memory is no file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::sandbox::{Sandbox, Terminal, command};
use crate::sealed;
use crate::tools::{have, have_extra, have_strace};

/// What stands in every text here and nowhere else.
const CANARY: &str = "zvezdochet-7f3a";
const COMMAND: &str = "ONWARD_PASSPHRASE_COMMAND";

/// An encrypted journal with a page in it, and a folder in memory.
struct Place {
    onward: Sandbox,
    memory: PathBuf,
}

fn place() -> Place {
    let mut onward = Sandbox::new();
    let memory = onward.with_memory();
    for (name, _) in sealed::variables() {
        onward.unset(name);
    }
    onward.set("ONWARD_TRIAL_KEYS", "1");
    onward.set(
        COMMAND,
        format!("/usr/bin/printf %s '{}'", sealed::PASSPHRASE),
    );
    onward.ok(["write", "The first page."]);
    onward.ok(["encrypt", "-q"]);
    Place { onward, memory }
}

impl Place {
    fn editor(&self, name: &str, body: &str) -> String {
        self.onward.script(name, body).display().to_string()
    }

    /// An editor that has saved this, says so, and stays.
    fn staying(&self, saved: &str) -> String {
        let pipe = self.onward.fifo("for-ever");
        let body = format!(
            "echo '{saved}' > \"$1\"; echo ready; read -r _ < '{}'",
            pipe.display()
        );
        self.editor("staying", &body)
    }

    fn write_with(&self, editor: &str) -> Terminal {
        let call = self.onward.call(["write"]).env("EDITOR", editor);
        call.in_terminal(80)
    }

    /// How many drafts lie in memory.
    fn in_memory(&self) -> usize {
        let homes = fs::read_dir(&self.memory).expect("there");
        let drafts = homes.map(|home| fs::read_dir(home.expect("there").path()));
        drafts.map(|drafts| drafts.map_or(0, Iterator::count)).sum()
    }

    /// How many drafts lie in the journal.
    fn in_journal(&self) -> usize {
        sealed::drafts(&self.onward.journal()).len()
    }

    /// Files that hold the canary, memory apart.
    fn leaks(&self) -> Vec<String> {
        let mut found = Vec::new();
        holding_canary(&self.onward.path(""), &mut found);
        // Where a program that has lost its way puts things, since this test began.
        let changed = |path: &Path| path.symlink_metadata().and_then(|file| file.modified());
        let began = changed(&self.onward.path("bin")).expect("there");
        for place in ["/tmp", "/var/tmp", "/root", "/dev/shm"] {
            for file in fs::read_dir(place).into_iter().flatten().flatten() {
                let path = file.path();
                let is_new = changed(&path).is_ok_and(|at| at >= began);
                if path.is_file() && is_new && has_canary(&path) {
                    found.push(path);
                }
            }
        }
        // The scripts that stand for editors have it to write it.
        found.retain(|path| !path.starts_with(self.onward.path("bin")));
        let name = |path: &PathBuf| path.display().to_string();
        found.iter().map(name).collect()
    }
}

fn holding_canary(folder: &Path, found: &mut Vec<PathBuf>) {
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = file.path();
        match file.file_type() {
            Ok(kind) if kind.is_dir() => holding_canary(&path, found),
            Ok(kind) if kind.is_file() && has_canary(&path) => found.push(path),
            _ => {}
        }
    }
}

fn has_canary(path: &Path) -> bool {
    const TOO_MUCH: u64 = 64_000_000;
    let is_small = path.metadata().is_ok_and(|file| file.len() < TOO_MUCH);
    let bytes = if is_small {
        fs::read(path)
    } else {
        Ok(Vec::new())
    };
    let bytes = bytes.unwrap_or_default();
    let canary = CANARY.as_bytes();
    bytes.windows(canary.len()).any(|window| window == canary)
}

#[test]
fn the_editor_works_in_memory() {
    let place = place();
    let editor = place.editor(
        "looking",
        "printf '%s' \"$1\" > \"$HOME/where\"; cd \"$(dirname \"$1\")\"\n\
         stat -c '%a %n' .. . * > \"$HOME/modes\"; echo Written. > \"$1\"",
    );
    let call = place.onward.call(["write"]).env("EDITOR", editor);
    let screen = call.shell("umask 0; exec \"$@\"").in_terminal(80);
    let screen = screen.end(&place.onward);
    assert_eq!(screen.status, 0, "{screen}");
    let said = |name: &str| fs::read_to_string(place.onward.home().join(name)).expect("there");
    assert!(Path::new(&said("where")).starts_with(&place.memory));
    let modes = "700 ..\n700 .\n600 page.md\n600 particulars.json\n";
    assert_eq!(said("modes"), modes);
    assert_eq!(place.onward.texts(), ["Written.", "The first page."]);
    assert_eq!((place.in_memory(), place.in_journal()), (0, 0));
    assert_eq!(place.onward.leftovers(), [""; 0]);
}

#[test]
fn an_editor_that_fails_leaves_its_draft_in_the_journal() {
    let place = place();
    let editor = place.editor("failing", "echo 'Half a page.' > \"$1\"; exit 1");
    let screen = place.write_with(&editor).end(&place.onward);
    assert_eq!(screen.status, 1, "{screen}");
    assert!(screen.text.contains("take it up again with"), "{screen}");
    assert_eq!((place.in_memory(), place.in_journal()), (0, 1));
    assert_eq!(place.onward.leftovers(), [""; 0]);
    insta::assert_snapshot!(place.onward.run(["doctor", "--quiet"]).stdout.lines()
        .filter(|line| line.contains("raft")).collect::<Vec<_>>().join("\n"), @"
      Drafts    in the journal
       !  1 draft waits, begun today
    ");
    place.onward.run(["write", "--resume"]).said(
        0,
        "Saved #2 for Sunday 22 November (Tip 1, No calls, no texts).\n",
    );
    assert_eq!((place.in_memory(), place.in_journal()), (0, 0));
}

#[test]
fn what_a_killed_program_left_in_memory_goes_into_the_journal() {
    let place = place();
    let editor = place.staying("Half a page.");
    let mut terminal = place.write_with(&editor);
    terminal.expect("ready").signal("KILL");
    terminal.end(&place.onward);
    assert_eq!((place.in_memory(), place.in_journal()), (1, 0));
    // Whatever is written next puts it away.
    place.onward.ok(["write", "Another."]);
    assert_eq!((place.in_memory(), place.in_journal()), (0, 1));
    place.onward.ok(["write", "--resume"]);
    assert_eq!(place.onward.texts()[0], "Half a page.");
    assert_eq!((place.in_memory(), place.in_journal()), (0, 0));
}

#[test]
fn what_the_editor_saved_is_in_the_journal_while_it_is_open() {
    let place = place();
    let fifo = place.onward.fifo("for-ever");
    let editor = place.editor(
        "saving",
        &format!(
            "read -r _ < '{}'; echo 'By now.' > \"$1\"; echo saved; read -r _ < '{0}'",
            fifo.display()
        ),
    );
    let mut terminal = place.write_with(&editor);
    // Opened by the editor, which is there by now.
    let mut go = fs::OpenOptions::new()
        .write(true)
        .open(&fifo)
        .expect("opened");
    writeln!(go, "go").expect("written");
    terminal.expect("saved");
    let kept = crate::sandbox::until(|| {
        sealed::drafts(&place.onward.journal())
            .pop()
            .map(|(_, page)| page)
    });
    assert_eq!(kept, b"By now.\n");
    // The machine goes down, and what is in memory with it.
    terminal.signal("KILL");
    terminal.end(&place.onward);
    fs::remove_dir_all(
        fs::read_dir(&place.memory)
            .expect("there")
            .next()
            .expect("one")
            .expect("there")
            .path(),
    )
    .expect("removed");
    place.onward.ok(["write", "--resume"]);
    assert_eq!(place.onward.texts()[0], "By now.");
    drop(go);
}

#[test]
fn a_signal_leaves_the_editor_its_page_and_the_journal_a_copy() {
    let place = place();
    let editor = place.staying("Half a page.");
    let mut terminal = place.write_with(&editor);
    terminal.expect("ready").signal("TERM");
    assert_eq!(terminal.end(&place.onward).status, 130);
    assert_eq!((place.in_memory(), place.in_journal()), (1, 1));
    place.onward.ok(["write", "--resume"]);
    assert_eq!(place.onward.texts()[0], "Half a page.");
    assert_eq!((place.in_memory(), place.in_journal()), (0, 0));
}

#[test]
fn what_is_typed_in_an_urge_is_in_the_journal_line_by_line() {
    let place = place();
    let call = place.onward.call(["urge", "--no-pause"]);
    let mut terminal = call.in_terminal(80);
    terminal.expect("w, p or n").keys("w\n");
    terminal
        .expect("An empty line ends it.")
        .keys("Dear you.\n");
    let kept = crate::sandbox::until(|| sealed::drafts(&place.onward.journal()).pop());
    assert!(kept.1.starts_with(b"Dear you.\n"));
    terminal.signal("KILL");
    terminal.end(&place.onward);
    // The machine goes down, and what is in memory with it.
    for home in fs::read_dir(&place.memory).expect("there") {
        fs::remove_dir_all(home.expect("there").path()).expect("removed");
    }
    place.onward.ok(["write", "--resume"]);
    let letters = place.onward.json(["list", "--kind", "letter"]);
    assert_eq!(letters["entries"][0]["text"], "Dear you.");
}

#[test]
fn editors_are_told_to_keep_nothing_or_it_is_said_once() {
    let place = place();
    let body =
        "printf '%s|' \"$@\" >> \"$HOME/arguments\"; for page; do :; done; echo x > \"$page\"";
    for name in ["vim", "nvim", "pico"] {
        place.editor(name, body);
    }
    // Another name of it is known too.
    std::os::unix::fs::symlink(place.onward.path("bin/vim"), place.onward.path("bin/vi"))
        .expect("linked");
    let write = |editor: &str| {
        let screen = place.write_with(editor).end(&place.onward);
        assert_eq!(screen.status, 0, "{screen}");
        let arguments = place.onward.home().join("arguments");
        let said = fs::read_to_string(&arguments).expect("there");
        fs::remove_file(arguments).expect("removed");
        (said, screen.raw.contains("may keep copies"))
    };
    for editor in ["vim", "nvim", "vi"] {
        let (arguments, warned) = write(editor);
        assert!(
            arguments.starts_with("-n|-i|NONE|-c|silent! set noswapfile"),
            "{arguments}"
        );
        assert!(!warned, "{editor}");
    }
    let (arguments, warned) = write("vim -f");
    assert!(arguments.contains("|-f|/"), "{arguments}");
    assert!(!warned);
    let (arguments, warned) = write("pico -w");
    assert!(arguments.starts_with("-w|/"), "{arguments}");
    assert!(warned);
    assert!(!write("pico").1, "said once");
    // A plain journal leaves editors alone.
    place.onward.ok(["decrypt", "--yes"]);
    let (arguments, warned) = write("vim");
    assert!(arguments.starts_with('/') && !warned, "{arguments}");
}

#[test]
fn that_shells_keep_what_is_typed_is_said_once() {
    let place = place();
    let hint = |arguments: &[&str]| {
        let screen = place
            .onward
            .call(arguments)
            .in_terminal(80)
            .end(&place.onward);
        assert_eq!(screen.status, 0, "{screen}");
        screen.raw.contains("Shells keep")
    };
    // Where nobody is there to read it, it is said later.
    place.onward.ok(["write", "From a script."]);
    assert!(hint(&["write", "Typed."]));
    assert!(!hint(&["write", "Typed again."]));
    assert!(!hint(&["letter", "Dear you."]));
}

#[test]
fn drafts_follow_the_journal_in_and_out() {
    let place = place();
    place.onward.ok(["decrypt", "--yes"]);
    let editor = place.editor("failing", "echo 'Half a page.' > \"$1\"; exit 1");
    place.write_with(&editor).end(&place.onward);
    assert_eq!(
        fs::read_dir(place.onward.drafts()).expect("there").count(),
        1
    );
    place.onward.ok(["encrypt", "-q"]);
    assert_eq!((place.in_memory(), place.in_journal()), (0, 1));
    assert!(!place.onward.drafts().exists());
    place.onward.ok(["decrypt", "--yes"]);
    assert_eq!(place.in_journal(), 0);
    assert_eq!(
        fs::read_dir(place.onward.drafts()).expect("there").count(),
        1
    );
    place.onward.ok(["write", "--resume"]);
    assert_eq!(place.onward.texts()[0], "Half a page.");
}

#[test]
fn the_program_leaves_no_core() {
    let place = place();
    place.onward.fifo("passphrase");
    let fifo = place.onward.path("passphrase");
    let call = place
        .onward
        .call(["list"])
        .env(COMMAND, format!("cat '{}'", fifo.display()));
    let run =
        call.shell("ulimit -c unlimited 2>/dev/null; echo $$ > \"$HOME/pid\"; exec \"$@\"");
    let started = run.start();
    // Opened by the one that asks for the passphrase: by then the limits are set.
    let mut answer = fs::OpenOptions::new()
        .write(true)
        .open(&fifo)
        .expect("opened");
    let pid = fs::read_to_string(place.onward.home().join("pid")).expect("there");
    let limits = fs::read_to_string(format!("/proc/{}/limits", pid.trim()));
    let limits = limits.unwrap_or_else(|_| "Max core file size 1".to_owned());
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core"))
        .expect("a limit");
    let soft = core.split_whitespace().nth(4).expect("a number");
    assert!(matches!(soft, "0" | "1"), "{core}");
    write!(answer, "{}", sealed::PASSPHRASE).expect("written");
    drop(answer);
    assert_eq!(started.end(&place.onward).status, 0);
}

/// Every way in and every way to look, and the canary is in no file.
#[test]
fn no_other_file_has_what_is_written() {
    let mut place = place();
    let text = |what: &str| format!("{CANARY} by way of {what}");
    let onward = &place.onward;
    onward.ok(["write", &text("the arguments"), "--tag", CANARY]);
    let piped = onward.call(["write"]).stdin(text("a pipe")).run();
    assert_eq!(piped.status, 0, "{piped}");
    for name in ["typing", "failing"] {
        let end = if name == "failing" { "exit 1" } else { ":" };
        let body = format!("echo '{}' > \"$1\"; {end}", text("the editor"));
        let editor = place.editor(name, &body);
        place.write_with(&editor).end(onward);
        let edit = onward.call(["edit", "2"]).env("EDITOR", editor);
        edit.in_terminal(80).end(onward);
    }
    onward.ok(["edit", "1", "--text", &text("edit")]);
    for arguments in [
        &["letter", CANARY, "--open-on", "in 3 months"][..],
        &["reason", CANARY],
        &["urge", CANARY, "--no-pause", "--letter", CANARY],
        &["contact", "log", CANARY],
        &["delete", "3", "--yes"],
        &["undo"],
        &["redo"],
        &["search", CANARY],
        &["search", CANARY, "--json"],
        &["review", "month"],
        &["history", "1"],
        &["trash"],
        &["stats"],
        &["tips", "1"],
        &["export", "--to", "jsonl", "-o", "-"],
        &["backup"],
        &["restore", "3"],
        &["away", "3"],
    ] {
        onward.ok(arguments);
    }
    onward.run(["doctor"]);
    // Long answers go through a pager that keeps what was searched for, if it is let.
    if have("less", "no_other_file_has_what_is_written") {
        let tips = onward.call(["tips", "1"]).env("PAGER", "less");
        let mut terminal = tips.in_terminal(40);
        terminal
            .expect(":")
            .keys(&format!("/{CANARY}\n"))
            .expect(CANARY);
        terminal.keys("q");
        terminal.end(onward);
    }
    // A file that is brought in has it, and is somebody else's business.
    let outside = tempfile::tempdir_in("/dev/shm").expect("a folder");
    let file = outside.path().join("journal.txt");
    let entry = format!("[2026-11-01 10:00] {}\n", text("a file"));
    fs::write(&file, entry).expect("written");
    onward.ok(["import", file.to_str().expect("text")]);
    // What cannot be saved.
    let unread = onward
        .call(["write", "--tip", "99"])
        .stdin(text("a pipe"))
        .run();
    assert_eq!(unread.status, 2, "{unread}");
    let locked = onward.call(["write"]).env(COMMAND, "echo wrong");
    let locked = locked.stdin(text("a locked journal")).run();
    assert_eq!(locked.status, 4, "{locked}");
    assert_eq!(place.leaks(), [""; 0]);
    // A journal of an older layout, which is copied before it is brought up to date.
    let raw = sealed::raw(&onward.journal()).expect("opened");
    raw.execute_batch(
        "DROP TABLE draft; DROP TABLE told; DROP INDEX origin_unseen_copy;
         DROP INDEX origin_unseen; PRAGMA user_version = 5;",
    )
    .expect("altered");
    drop(raw);
    onward.ok(["write", &text("a migration")]);
    assert!(
        onward
            .leftovers()
            .iter()
            .any(|file| file.contains(".before-6"))
    );
    assert_eq!(place.leaks(), [""; 0]);
    // Another passphrase.
    fs::write(onward.path("new"), "another one, and a longer one").expect("written");
    let script = format!("exec \"$@\" 7<'{}'", onward.path("new").display());
    let changed = onward.call(["passphrase", "--new-passphrase-fd", "7"]);
    let changed = changed.shell(&script).run();
    assert_eq!(changed.status, 0, "{changed}");
    place
        .onward
        .set(COMMAND, "echo 'another one, and a longer one'");
    place.onward.ok(["search", CANARY]);
    assert_eq!(place.leaks(), [""; 0]);
}

/// Killed while an editor is open, and at writes to the disk.
#[test]
fn no_other_file_has_what_a_killed_program_was_writing() {
    let place = place();
    let onward = &place.onward;
    let editor = place.staying(CANARY);
    for signal in ["TERM", "KILL"] {
        let mut terminal = place.write_with(&editor);
        terminal.expect("ready");
        assert_eq!(place.leaks(), [""; 0], "while it is open");
        terminal.signal(signal);
        terminal.end(onward);
        assert_eq!(place.leaks(), [""; 0], "{signal}");
        onward.ok(["write", "--resume"]);
    }
    if !have_strace("no_other_file_has_what_a_killed_program_was_writing") {
        return;
    }
    let mut killed = 0;
    for call in ["pwrite64", "write", "fsync", "fdatasync", "unlink"] {
        for at in (1..40).step_by(3) {
            let inject = format!("inject={call}:signal=SIGKILL:when={at}");
            let trace = format!("trace={call}");
            let strace = [
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                &trace,
                "-e",
                &inject,
            ];
            let ran = onward.call(["write"]).stdin(CANARY).through(strace).run();
            if ran.status == 0 {
                break;
            }
            killed += 1;
            assert_eq!(place.leaks(), [""; 0], "{call} {at}");
        }
    }
    assert!(killed > 10, "{killed}");
}

/// The editor that most people have, with settings that keep everything.
#[test]
fn vim_keeps_nothing() {
    // Not every system has nvim.
    let is_there = [
        ("vim", have("vim", "vim_keeps_nothing")),
        ("nvim", have_extra("nvim", "vim_keeps_nothing")),
    ];
    for (vim, _) in is_there.into_iter().filter(|(_, is_there)| *is_there) {
        let place = place();
        let onward = &place.onward;
        let home = onward.home();
        fs::create_dir_all(home.join("keeps")).expect("made");
        let settings = "set undofile undodir=~/keeps backup backupdir=~/keeps directory=~/keeps\n\
                        set writebackup swapfile updatecount=1 patchmode=.orig\n\
                        if has('nvim')\n  set shada='100,<1000,s1000\n\
                        else\n  set viminfo='100,<1000,s1000,n~/keeps/viminfo\nendif\n";
        crate::sandbox::write(&home.join(".vimrc"), settings);
        crate::sandbox::write(&home.join(".config/nvim/init.vim"), settings);
        // Saved and left.
        let mut terminal = place.write_with(vim);
        terminal
            .expect(">8")
            .keys(&format!("i{CANARY} saved\x1byyp:w\r"));
        terminal.expect("written");
        assert_eq!(place.leaks(), [""; 0], "{vim} is open");
        terminal.keys(":q\r");
        let screen = terminal.end(onward);
        assert_eq!(screen.status, 0, "{screen}");
        assert_eq!(place.leaks(), [""; 0], "{vim} is closed");
        assert!(onward.texts()[0].starts_with(CANARY));
        // Killed, with more typed than was saved.
        let mut terminal = place.write_with(vim);
        terminal
            .expect(">8")
            .keys(&format!("i{CANARY} half\x1b:w\r"));
        terminal
            .expect("written")
            .keys(&format!("o{CANARY} more\x1b"));
        terminal.expect(&format!("{CANARY} more"));
        let children = format!("/proc/{0}/task/{0}/children", terminal.id());
        let editor = fs::read_to_string(children).expect("there");
        let mut kill = command("kill");
        let killed = kill.arg("-9").args(editor.split_whitespace()).status();
        assert!(killed.expect("kill runs").success());
        let screen = terminal.end(onward);
        assert_eq!(screen.status, 1, "{screen}");
        assert_eq!(place.leaks(), [""; 0], "{vim} is killed");
        assert_eq!((place.in_memory(), place.in_journal()), (0, 1), "{vim}");
        assert_eq!(onward.leftovers(), [""; 0]);
    }
}
