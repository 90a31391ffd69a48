//! What is wrong with a document, and where.

use std::fmt;

/// Why a document is no dialect: one place of it with what is wrong there. It names members, never what stands in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", Way(at))]
pub struct Misfit {
    /// Where, as a JSON Pointer into the document.
    pub at: String,
    /// What.
    pub what: Wrong,
}

/// What is wrong at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The text is no JSON.
    NoJson,
    /// One member stands there twice.
    Twice,
    /// There is no member of that name.
    Unknown(String, &'static [&'static str]),
    /// A member is needed.
    Missing,
    /// Something else must stand there.
    NotA(&'static str),
    /// One of several must be chosen.
    NoneOf(Vec<&'static str>),
    /// It cannot go together with the rest.
    Senseless(&'static str),
    /// Two fields stand at one place.
    SamePlace(String),
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoJson => f.write_str("the text is no JSON"),
            Self::Twice => f.write_str("this stands there twice"),
            Self::Unknown(name, known) => {
                write!(f, "{} is not known here; known are {}", InOneLine(name), known.join(", "))
            }
            Self::Missing => f.write_str("this is needed"),
            Self::NotA(what) => write!(f, "here must stand {what}"),
            Self::NoneOf(words) => write!(f, "choose one of {}", words.join(", ")),
            Self::Senseless(why) => f.write_str(why),
            Self::SamePlace(other) => write!(f, "this stands where {other} stands"),
        }
    }
}

/// The most letters of a name that are told.
const LONGEST: usize = 40;
/// The most names of a way that are told.
const DEEPEST: usize = 16;

/// The way to a place, and what divides it from what is wrong there; nothing of the document as a whole.
struct Way<'a>(&'a str);

impl fmt::Display for Way<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        for (depth, name) in self.0.split('/').skip(1).enumerate() {
            if depth == DEEPEST {
                f.write_str("/…")?;
                break;
            }
            write!(f, "/{}", InOneLine(name))?;
        }
        f.write_str(": ")
    }
}

/// A name of the document: what would steer a terminal is told as it is written in a program, what is long is cut.
struct InOneLine<'a>(&'a str);

impl fmt::Display for InOneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place == LONGEST {
                return f.write_str("…");
            }
            // Marks of writing direction are no control characters, and turn a line round all the same.
            let steers = letter.is_control()
                || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
            if steers { write!(f, "{}", letter.escape_unicode())? } else { write!(f, "{letter}")? }
        }
        Ok(())
    }
}

/// What was found wrong first while a document is read. Reading goes on with what is there: so no reader has to leave
/// half-way, which makes a hundred of them small.
#[derive(Default)]
pub(crate) struct Log(Option<Misfit>);

impl Log {
    pub(crate) fn wrong(&mut self, at: &At<'_>, what: Wrong) {
        self.0.get_or_insert_with(|| at.wrong(what));
    }

    pub(crate) fn into_result<T>(self, read: T) -> Result<T, Misfit> {
        self.0.map_or(Ok(read), Err)
    }
}

/// The way to a place in a document.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    above: Option<&'a At<'a>>,
    name: &'a str,
}

impl<'a> At<'a> {
    /// The document itself.
    pub(crate) const ROOT: At<'static> = At { above: None, name: "" };

    pub(crate) fn member(&'a self, name: &'a str) -> At<'a> {
        At { above: Some(self), name }
    }

    /// The place as a JSON Pointer.
    pub(crate) fn pointer(&self) -> String {
        match self.above {
            Some(above) => format!("{}/{}", above.pointer(), self.name.replace('~', "~0").replace('/', "~1")),
            None => String::new(),
        }
    }

    pub(crate) fn wrong(&self, what: Wrong) -> Misfit {
        Misfit { at: self.pointer(), what }
    }
}
