//! The line editor of the questions, and Ctrl-Z while something is typed.

use crate::sandbox::{Call, Sandbox, Terminal};

/// The shells that are there, each with how it is started as an interactive one.
fn shells() -> impl Iterator<Item = &'static str> {
    let all = ["bash --norc --noprofile -i", "dash -i", "zsh -f -i"];
    all.into_iter().filter(|shell| {
        let program = shell.split(' ').next().unwrap_or_default();
        ["/bin", "/usr/bin", "/usr/local/bin"]
            .iter()
            .any(|folder| std::path::Path::new(folder).join(program).exists())
    })
}

/// An interactive shell in a terminal, in which `$O` is the program.
fn in_shell(call: Call<'_>, shell: &str) -> Terminal {
    let script =
        format!("export O=\"$1\" PS1='ready: ' HISTFILE=\"$HOME/history\"; exec {shell}");
    let mut terminal = call
        .through(["/bin/sh", "-c", &script, "sh"])
        .in_terminal(80);
    terminal.expect("ready: ");
    terminal
}

#[test]
fn lines_are_edited_and_pastes_are_one_text() {
    for columns in [80, 40] {
        let onward = Sandbox::new();
        let mut terminal = onward.call(["begin"]).in_terminal(columns);
        terminal
            .expect("1 of 3")
            .expect("\r\n> ")
            .keys("and bred\x1b[D");
        terminal.keys("a\x01The sea \x05🌊👩‍👩‍👧\x7f 日本\x7f語\x1b[24;5~\x1b]0;x\x07.\x17\x19\r");
        terminal
            .expect_times("> ", 2)
            .keys("\x1b[200~One\r\rtwo \x1b[31mlong");
        terminal.keys(&" word".repeat(50)).keys("\r\x1b[201~\r");
        terminal.expect_times("> ", 3).keys("\r");
        terminal.expect("2 of 3").keys("\x03");
        let screen = terminal.end(&onward);
        assert_eq!(screen.status, 130, "{screen}");
        let long = " word".repeat(50);
        assert_eq!(
            onward.json(["reason"])["entries"][0]["text"],
            format!("The sea and bread🌊 日語.\nOne\n\ntwo long{long}")
        );
        // The terminal marks pastes only for as long.
        let (on, off) = ("\x1b[?2004h", "\x1b[?2004l");
        assert!(screen.raw.rfind(off) > screen.raw.rfind(on), "{screen}");
        assert!(screen.echoes);
    }
}

#[test]
fn a_paste_is_kept_before_it_is_entered() {
    let onward = Sandbox::new();
    let mut terminal = onward.call(["begin"]).in_terminal(80);
    terminal.expect("\r\n> ").keys("\x1b[200~One\rtwo\x1b[201~");
    let page = crate::sandbox::until(|| onward.draft_pages().pop());
    let text = crate::sandbox::until(|| {
        let text = std::fs::read_to_string(&page).ok()?;
        text.contains("two").then_some(text)
    });
    assert!(text.starts_with("One\ntwo\n"), "{text}");
    terminal.signal("KILL");
    terminal.end(&onward);
}

#[test]
fn what_is_on_the_line_is_there_again_after_ctrl_z() {
    for shell in shells() {
        for (term, command) in [
            ("xterm", "begin"),
            ("dumb", "begin"),
            ("xterm", "urge --no-pause"),
        ] {
            let onward = Sandbox::new();
            onward.ok(["reason", "Quiet."]);
            let call = onward.call([""; 0]).env("TERM", term);
            let mut terminal = in_shell(call, shell);
            terminal.keys(&format!("\"$O\" {command}\r"));
            if command == "begin" {
                terminal.expect("1 of 3").expect("\r\n> ");
            } else {
                terminal.expect("(enter):").keys("w\r").expect("ends it.");
            }
            let half = "touch 'secret'; half a li";
            terminal.keys(half).expect(half).keys("\x1a");
            terminal.expect_times("ready: ", 2);
            terminal.keys("echo he''re; fg\r").expect("here");
            // The whole line stands behind a prompt of ours again.
            terminal.expect_times(half, 2).keys("ne\r");
            terminal.keys("\r").keys("\x03").expect_times("ready: ", 3);
            terminal.keys("exit\r");
            let screen = terminal.end(&onward);
            let kind = if command == "begin" {
                "reason"
            } else {
                "letter"
            };
            let found = onward.json(["list", "--kind", kind]);
            let texts = found["entries"].as_array().expect("entries").iter();
            let whole = format!("{half}ne");
            assert!(
                texts.clone().any(|entry| entry["text"] == whole.as_str()),
                "{shell} {term} {command}: {found} {screen}"
            );
            let history = std::fs::read_to_string(onward.home().join("history"));
            assert!(
                !history.unwrap_or_default().contains("half"),
                "{shell}: {screen}"
            );
            assert!(!screen.text.contains("not found"), "{shell}: {screen}");
        }
    }
}

#[cfg(feature = "encryption")]
#[test]
fn a_passphrase_stays_hidden_after_ctrl_z() {
    for shell in shells() {
        let onward = crate::encrypt::encrypted();
        let mut terminal = in_shell(onward.call([""; 0]), shell);
        terminal.keys("\"$O\" list\r").expect("Passphrase: ");
        for times in 2..4 {
            terminal.wait_for_echo(false).keys("hidden\x1a");
            terminal.expect_times("ready: ", times).keys("fg\r");
            terminal.expect_times("Passphrase: ", times);
        }
        terminal
            .wait_for_echo(false)
            .keys("open\r")
            .expect("A page.");
        terminal.keys("exit\r");
        let screen = terminal.end(&onward);
        assert!(!screen.raw.contains("hid"), "{shell}: {screen}");
    }
}
