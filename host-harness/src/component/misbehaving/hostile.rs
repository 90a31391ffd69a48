//! Connectors that ask their host for more than it can give: what each function of one does, as WebAssembly's text.
//!
//! `<name>` stands for an import by its name in the component model's own spelling. From 16 on lie the texts that they
//! need, at 512 what an import answers, at 1024 what a function answers, and from 64 KiB on a megabyte of zeros.

use std::fmt::Write;

/// What it does without end, unless it is said otherwise. Where it goes to a system it is at that port of this machine.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hostile {
    /// Stores keys.
    StoresKeys,
    /// Stores a value that grows.
    GrowsValue,
    /// Lists its keys and reads one.
    Reads,
    /// Sends one request after another.
    SendsInTurn(u16),
    /// Sends requests without looking at an answer.
    SendsAtOnce(u16),
    /// Sends a body.
    SendsBody(u16),
    /// Answers that it read seven records and that there is more to do, and does nothing.
    SaysAgain,
    /// Answers with a million notes.
    AnswersManyNotes,
    /// Answers with a note of forty megabytes.
    AnswersLongNote,
    /// Opens its store.
    LeaksBuckets,
    /// Makes requests, with bodies and streams into them.
    LeaksRequests,
    /// Asks to be told of an hour that comes.
    LeaksPollables,
    /// Asks for random bytes, a terabyte of them, once.
    WantsRandom,
    /// Waits for a year inside its host, once.
    Sleeps,
}

const OPEN: &str = "(call <open> (i32.const 16) (i32.const 0) (i32.const 512))
    (if (i32.load8_u (i32.const 512)) (then unreachable))
    (local.set $bucket (i32.load (i32.const 516)))";

/// Eight letters at 64 that are others for each number.
const KEY: &str =
    "(i32.store (i32.const 64) (i32.add (i32.const 0x61616161) (i32.and (local.get $i) (i32.const 0x0f0f0f0f))))
    (i32.store (i32.const 68) (i32.add (i32.const 0x61616161)
        (i32.and (i32.shr_u (local.get $i) (i32.const 4)) (i32.const 0x0f0f0f0f))))";

const NEXT: &str = "(local.set $i (i32.add (local.get $i) (i32.const 1)))";

/// A request to AdvocaatCentraal, which is a POST.
const REQUEST: &str = "(local.set $request (call <[constructor]outgoing-request> (call <[constructor]fields>)))
    (drop (call <[method]outgoing-request.set-method> (local.get $request) (i32.const 2) (i32.const 0) (i32.const 0)))
    (drop (call <[method]outgoing-request.set-scheme>
        (local.get $request) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0)))
    (drop (call <[method]outgoing-request.set-authority>
        (local.get $request) (i32.const 1) (i32.const 16) (i32.const 15)))
    (drop (call <[method]outgoing-request.set-path-with-query>
        (local.get $request) (i32.const 1) (i32.const 32) (i32.const 1)))";

/// A stream into the request's body.
const STREAM: &str = "(call <[method]outgoing-request.body> (local.get $request) (i32.const 512))
    (call <[method]outgoing-body.write> (i32.load (i32.const 516)) (i32.const 512))
    (local.set $stream (i32.load (i32.const 516)))";

const SEND: &str = "(call <handle> (local.get $request)
        (i32.const 1) (call <[constructor]request-options>) (i32.const 512))
    (if (i32.load8_u (i32.const 512)) (then unreachable))
    (local.set $answer (i32.load (i32.const 520)))";

const AWAIT: &str = "(local.set $pollable (call <[method]future-incoming-response.subscribe> (local.get $answer)))
    (call <[method]pollable.block> (local.get $pollable))
    (call <[resource-drop]pollable> (local.get $pollable))
    (call <[resource-drop]future-incoming-response> (local.get $answer))";

/// Of an outcome, which stands eight bytes behind a result's beginning: where its list of notes is, and how long.
const NOTES: [u32; 2] = [1024 + 8 + 36, 1024 + 8 + 40];

/// Of the same: the count of records that were read, and when to call again.
const READ: u32 = 1024 + 8;
const NEXT_CALL: u32 = 1024 + 8 + 72;

impl Hostile {
    /// The body of a function, without the end that gives its answer.
    fn body(self) -> String {
        let forever = |before: &str, again: &str| format!("{before} (loop $again {again} (br $again))");
        let [notes, count] = NOTES;
        let grown = "(if (i32.lt_u (memory.size) (i32.const 700)) (then (drop (memory.grow (i32.const 700)))))";
        match self {
            Self::StoresKeys => {
                let set = "(call <[method]bucket.set> (local.get $bucket) (i32.const 64) (i32.const 8)
                    (i32.const 65536) (i32.const 4096) (i32.const 512))";
                forever(OPEN, &format!("{KEY} {set} {NEXT}"))
            }
            Self::GrowsValue => {
                let set = "(call <[method]bucket.set> (local.get $bucket) (i32.const 64) (i32.const 8)
                    (i32.const 65536) (i32.mul (local.get $i) (i32.const 16384)) (i32.const 512))";
                forever(&format!("{OPEN} {KEY}"), &format!("{set} {NEXT}"))
            }
            Self::Reads => forever(
                &format!("{OPEN} {KEY}"),
                "(call <[method]bucket.list-keys> (local.get $bucket) (i32.const 0) (i64.const 0) (i32.const 512))
                 (call <[method]bucket.get> (local.get $bucket) (i32.const 64) (i32.const 8) (i32.const 512))",
            ),
            Self::SendsInTurn(_) => forever("", &format!("{REQUEST} {SEND} {AWAIT}")),
            Self::SendsAtOnce(_) => forever("", &format!("{REQUEST} {SEND}")),
            Self::SendsBody(_) => {
                let write = "(call <[method]output-stream.blocking-write-and-flush> (local.get $stream)
                    (i32.const 65536) (i32.const 4096) (i32.const 512))
                    (if (i32.load8_u (i32.const 512)) (then unreachable))";
                forever(&format!("{REQUEST} {STREAM} {SEND}"), write)
            }
            Self::SaysAgain => format!(
                "(i32.store (i32.const {READ}) (i32.const 7)) (i32.store8 (i32.const {NEXT_CALL}) (i32.const 1))"
            ),
            Self::AnswersManyNotes => format!(
                "{grown} (i32.store (i32.const {notes}) (i32.const 65536)) (i32.store (i32.const {count}) (i32.const 1000000))"
            ),
            Self::AnswersLongNote => format!(
                "{grown} (i32.store (i32.const {notes}) (i32.const 2048)) (i32.store (i32.const {count}) (i32.const 1))
                 (i32.store (i32.const 2048) (i32.const 65536)) (i32.store (i32.const 2052) (i32.const 41943040))"
            ),
            Self::LeaksBuckets => forever("", OPEN),
            Self::LeaksRequests => forever("", &format!("{REQUEST} {STREAM}")),
            Self::LeaksPollables => forever("", "(drop (call <subscribe-duration> (i64.const 3600000000000)))"),
            Self::WantsRandom => "(call <get-random-bytes> (i64.const 1099511627776) (i32.const 512))".to_owned(),
            Self::Sleeps => {
                "(call <[method]pollable.block> (call <subscribe-duration> (i64.const 31536000000000000)))".to_owned()
            }
        }
    }

    /// The texts that it needs.
    fn texts(self) -> String {
        let port = match self {
            Self::SendsInTurn(port) | Self::SendsAtOnce(port) | Self::SendsBody(port) => port,
            _ => 0,
        };
        format!("(data (i32.const 16) \"127.0.0.1:{port:05}\") (data (i32.const 32) \"/\")")
    }

    /// A connector that does nothing, made into this one.
    pub(super) fn asking(self, dummy: &str) -> String {
        let body = imports(dummy).fold(self.body(), |body, (name, number)| body.replace(&format!("<{name}>"), number));
        assert!(!body.contains('<'), "an import is not there: {body}");
        let (starts, allocates) = (exported(dummy, "_initialize"), exported(dummy, "cabi_realloc"));
        let mut text = String::new();
        let (mut number, mut promises) = ("", false);
        for line in dummy.lines() {
            if let Some(rest) = line.trim_start().strip_prefix("(func (;") {
                number = rest.split(';').next().unwrap();
                promises = line.contains("(result");
            }
            let answer = if promises { "(i32.const 1024)" } else { "" };
            let with = if Some(number) == starts {
                String::new()
            } else if Some(number) == allocates {
                "(i32.const 65536)".to_owned()
            } else {
                let locals = ["bucket", "i", "request", "stream", "answer", "pollable"];
                let locals = locals.map(|name| format!("(local ${name} i32)")).join(" ");
                format!("{locals} {body} {answer}")
            };
            let line = line.replace("unreachable", &with).replace("(memory (;0;) 0)", "(memory (;0;) 17)");
            writeln!(text, "{line}").unwrap();
        }
        let end = text.rfind(')').unwrap();
        text.insert_str(end, &self.texts());
        text
    }
}

/// The names and the numbers of the functions that a module imports.
fn imports(module: &str) -> impl Iterator<Item = (&str, &str)> {
    module.lines().filter_map(|line| {
        let (names, function) = line.trim().strip_prefix("(import ")?.split_once(" (func (;")?;
        let name = names.split('"').nth(3)?;
        Some((name, function.split(';').next()?))
    })
}

/// The number of a function that a module exports.
fn exported<'a>(module: &'a str, name: &str) -> Option<&'a str> {
    let line = module.lines().find(|line| line.contains(&format!("(export \"{name}\"")))?;
    line.split("(func ").nth(1)?.split(')').next()
}
