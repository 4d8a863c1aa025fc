//! A browser without a window, told what to do over a pipe.
//!
//! It speaks the DevTools protocol (<https://chromedevtools.github.io/devtools-protocol/>)
//! and needs no driver: `--remote-debugging-pipe` reads messages from descriptor 3 and writes
//! them to 4, each ended by a zero byte. Whatever takes too long ends the test.
#![allow(
    clippy::disallowed_methods,
    reason = "the tests run the browser that is on the path"
)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::tools::{am_root, find, wanting};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A browser with one page open.
pub(crate) struct Chromium {
    child: Child,
    to: Option<ChildStdin>,
    from: Receiver<Value>,
    last: u64,
    session: Option<String>,
    /// What it told of by itself.
    events: Vec<Value>,
    profile: tempfile::TempDir,
}

/// The names of it, and of the browser that is made from it.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

impl Chromium {
    /// Starts a browser for a test, where there is one.
    pub(crate) fn start(test: &str) -> Option<Chromium> {
        let Some(program) = find(&NAMES) else {
            wanting("chromium", test);
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
            ])
            .arg(program)
            .arg("--headless")
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args([
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--no-default-browser-check",
                "--no-first-run",
            ])
            // It refuses to make its own sandbox as root.
            .args(am_root().then_some("--no-sandbox"))
            .arg("about:blank")
            .env("HOME", profile.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().expect("sh runs");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, from) = mpsc::channel();
        std::thread::spawn(move || {
            let mut message = Vec::new();
            while output
                .read_until(0, &mut message)
                .is_ok_and(|read| read > 0)
            {
                message.pop();
                let Ok(value) = serde_json::from_slice(&message) else {
                    break;
                };
                if sender.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Chromium {
            to: child.stdin.take(),
            child,
            from,
            last: 0,
            session: None,
            events: Vec::new(),
            profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attached = browser.call(
            "Target.attachToTarget",
            json!({"targetId": target["targetId"], "flatten": true}),
        );
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// A folder that goes when the browser does.
    pub(crate) fn folder(&self) -> &Path {
        self.profile.path()
    }

    /// Asks for something and waits for the answer.
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        let id = self.last;
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let to = self.to.as_mut().expect("open");
        to.write_all(&bytes).expect("the browser listens");
        to.flush().expect("the browser listens");
        let mut answer = self.until(method, |value| value["id"] == id);
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }

    /// Waits for a message; keeps those that come before it.
    fn until(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let value = self.from.recv_timeout(left);
            let value = value.unwrap_or_else(|error| panic!("{what}: {error}"));
            if wanted(&value) {
                return value;
            }
            self.events.push(value);
        }
    }

    /// Opens a file and waits until it is there.
    pub(crate) fn open(&mut self, file: &Path) {
        let url = format!("file://{}", file.display());
        let opened = self.call("Page.navigate", json!({"url": url}));
        assert!(opened["errorText"].is_null(), "{opened}");
        let is_load = |value: &Value| value["method"] == "Page.loadEventFired";
        if !self.events.iter().any(is_load) {
            let event = self.until("load", is_load);
            self.events.push(event);
        }
    }

    /// What an expression in the page comes to.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let mut result = self.call(
            "Runtime.evaluate",
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true}),
        );
        let failed = &result["exceptionDetails"];
        assert!(failed.is_null(), "{expression}: {failed}");
        result["result"]["value"].take()
    }

    /// Waits until an expression in the page is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        self.eval(&format!(
            "new Promise((done) => {{ const look = () => ({expression}) ? done() : \
             setTimeout(look, 10); look(); }})"
        ));
    }

    /// Presses and releases a key.
    pub(crate) fn press(&mut self, key: &str) {
        let text = if key.len() == 1 { key } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({"type": kind, "key": key, "text": text});
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Types a text where the focus is.
    pub(crate) fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Shows the page in a window of this size.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}),
        );
    }

    /// Shows the page to someone who likes it `light` or `dark`.
    pub(crate) fn prefer(&mut self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.call("Emulation.setEmulatedMedia", json!({"features": [feature]}));
    }

    /// Lets the page run its scripts or not.
    pub(crate) fn allow_scripts(&mut self, allowed: bool) {
        let params = json!({"value": !allowed});
        self.call("Emulation.setScriptExecutionDisabled", params);
    }

    /// What is to be seen: the width, the height, and the bytes of the pixels.
    pub(crate) fn screenshot(&mut self) -> (u32, u32, Vec<u8>) {
        let shot = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let bytes = decode(&shot["data"]);
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .expect("a picture");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a picture");
        (info.width, info.height, pixels)
    }

    /// The page on paper.
    pub(crate) fn print(&mut self) -> Vec<u8> {
        decode(&self.call("Page.printToPDF", json!({"printBackground": false}))["data"])
    }

    /// What the browser has said so far of one kind.
    pub(crate) fn told(&self, method: &str) -> Vec<&Value> {
        let told = self.events.iter();
        told.filter(|event| event["method"] == method)
            .map(|event| &event["params"])
            .collect()
    }
}

fn decode(data: &Value) -> Vec<u8> {
    STANDARD
        .decode(data.as_str().expect("data"))
        .expect("base64")
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It ends when nobody is left to tell it anything.
        self.to = None;
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.from.recv_timeout(left) {
                Ok(_) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    break;
                }
            }
        }
        let _ = self.child.wait();
    }
}
