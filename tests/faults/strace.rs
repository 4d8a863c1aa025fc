//! The program under strace, which has its calls fail or kills it at one of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::sandbox::{PROGRAM, Ran, Sandbox};
use crate::sealed;

/// The program, or what runs it with its passphrase in a file that is open already. A program
/// that prints the passphrase would be a second process to inject faults into.
pub(crate) fn onward() -> &'static str {
    if sealed::on() {
        &onward_and_passphrase().0
    } else {
        PROGRAM
    }
}

/// What runs the program with its passphrase, and the file that has it.
fn onward_and_passphrase() -> &'static (String, PathBuf) {
    static BOTH: OnceLock<(String, PathBuf)> = OnceLock::new();
    BOTH.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let [passphrase, script] = ["passphrase", "onward"].map(|name| folder.join(name));
        fs::write(&passphrase, sealed::PASSPHRASE).expect("written");
        let lines = format!(
            "#!/bin/sh\nexec '{PROGRAM}' --passphrase-fd 9 \"$@\" 9<'{}'\n",
            passphrase.display()
        );
        fs::write(&script, lines).expect("written");
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("set");
        let script = script.into_os_string().into_string();
        (script.expect("a path in UTF-8"), passphrase)
    })
}

impl Sandbox {
    /// The program under strace, which does something to its calls. What strace itself has
    /// to say goes to `log`.
    pub(crate) fn traced(&self, trace: &[&str], log: &Path, args: &[&str]) -> Command {
        let strace = ["-f", "-qq", "-o"];
        if !sealed::on() {
            let mut command = self.program("strace", &strace);
            command.arg(log).args(trace).arg(onward()).args(args);
            return command;
        }
        // What opens the file with the passphrase is not to be traced.
        let script = "exec \"$@\" 9<\"$0\"";
        let mut command = self.program("sh", &["-c", script]);
        command
            .arg(&onward_and_passphrase().1)
            .arg("strace")
            .args(strace);
        command.arg(log).args(trace).arg(PROGRAM);
        command.args(["--passphrase-fd", "9"]).args(args);
        command
    }

    /// How often a run makes each of these calls.
    pub(crate) fn calls(
        &self,
        names: &[&str],
        args: &[&str],
        input: Option<&str>,
    ) -> Vec<usize> {
        let log = self.home().join("calls");
        let ran = Ran::of(self.traced(&["-e", &tracing(names)], &log, args), input);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let lines = fs::read_to_string(&log).expect("a log");
        let count = |name: &&str| {
            let call = |line: &&str| {
                let call = line.split_whitespace().nth(1).unwrap_or("");
                call.starts_with(&format!("{name}("))
            };
            lines.lines().filter(call).count()
        };
        names.iter().map(count).collect()
    }
}

/// `-e trace=…` for calls, some of which the machine may not have.
pub(crate) fn tracing(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("?{name}")).collect();
    format!("trace={}", names.join(","))
}
