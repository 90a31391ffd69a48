//! How the types of a document take what they know from a tree, and how they describe themselves.

use litemap::LiteMap;

use crate::misfit::{At, Log, Wrong};
use crate::tree::Tree;

/// The member that may stand in every object, for people: it says nothing to the connector.
pub(crate) const REMARKS: &str = "remarks";

/// A part of a document.
pub(crate) trait Node: Sized {
    /// Takes it from a tree; none where the member is not there. What is wrong goes into the log, and something of the
    /// type comes back all the same.
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self;

    /// Its JSON Schema.
    #[cfg(feature = "describe")]
    fn schema(definitions: &mut crate::definitions::Definitions) -> serde_json::Value;

    /// Whether the member may be left out.
    #[cfg(feature = "describe")]
    fn is_optional() -> bool {
        false
    }
}

/// An object all of whose members must be known.
pub(crate) fn members<'t>(
    tree: Option<&'t Tree>,
    at: &At<'_>,
    known: &'static [&'static str],
    log: &mut Log,
) -> Option<&'t Tree> {
    match tree {
        Some(Tree::Object(given)) => {
            let unknown = given.iter().find(|(name, _)| name != REMARKS && !known.contains(&name.as_str()));
            if let Some((name, _)) = unknown {
                log.wrong(at, Wrong::Unknown(name.clone(), known));
            }
        }
        Some(_) => log.wrong(at, Wrong::NotA("an object")),
        None => log.wrong(at, Wrong::Missing),
    }
    tree
}

/// A member of an object.
pub(crate) fn member<T: Node>(tree: Option<&Tree>, name: &'static str, at: &At<'_>, log: &mut Log) -> T {
    T::read(tree.and_then(|tree| tree.member(name)), &at.member(name), log)
}

/// The word that is chosen, and what stands below it; the first where none is.
pub(crate) fn choice<'t>(
    tree: Option<&'t Tree>,
    at: &At<'_>,
    (words, alone): (&'static [&'static str], &'static [bool]),
    log: &mut Log,
) -> (&'static str, Option<&'t Tree>) {
    let (chosen, below) = match tree {
        None => (Err(Wrong::Missing), None),
        Some(Tree::Text(word)) => (Ok(word), None),
        Some(Tree::Object(members)) => match members.as_slice() {
            [(word, below)] => (Ok(word), Some(below)),
            _ => (Err(Wrong::NotA("a word, or an object with one member")), None),
        },
        Some(_) => (Err(Wrong::NotA("a word, or an object with one member")), None),
    };
    let first = words.first().copied().unwrap_or_default();
    let known = match chosen {
        Ok(word) => words.iter().position(|known| known == word).ok_or_else(|| Wrong::NoneOf(words.to_vec())),
        Err(wrong) => Err(wrong),
    };
    match known {
        Ok(number) => {
            if below.is_some() && alone.get(number) == Some(&true) {
                log.wrong(at, Wrong::NotA("the word alone"));
            }
            (words.get(number).copied().unwrap_or(first), below)
        }
        Err(wrong) => {
            log.wrong(at, wrong);
            (first, None)
        }
    }
}

impl Node for String {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        match tree {
            Some(Tree::Text(text)) => return text.clone(),
            None => log.wrong(at, Wrong::Missing),
            Some(_) => log.wrong(at, Wrong::NotA("a text")),
        }
        Self::new()
    }

    #[cfg(feature = "describe")]
    fn schema(_: &mut crate::definitions::Definitions) -> serde_json::Value {
        serde_json::json!({ "type": "string" })
    }
}

impl Node for u64 {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        match tree {
            Some(Tree::Number(number)) => return *number,
            None => log.wrong(at, Wrong::Missing),
            Some(_) => log.wrong(at, Wrong::NotA("a whole number")),
        }
        0
    }

    #[cfg(feature = "describe")]
    fn schema(_: &mut crate::definitions::Definitions) -> serde_json::Value {
        serde_json::json!({ "type": "integer", "minimum": 0 })
    }
}

/// A truth value; false where it is left out.
impl Node for bool {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        match tree {
            Some(Tree::Truth(truth)) => return *truth,
            None => {}
            Some(_) => log.wrong(at, Wrong::NotA("true or false")),
        }
        false
    }

    #[cfg(feature = "describe")]
    fn schema(_: &mut crate::definitions::Definitions) -> serde_json::Value {
        serde_json::json!({ "type": "boolean", "default": false })
    }

    #[cfg(feature = "describe")]
    fn is_optional() -> bool {
        true
    }
}

/// A member that may be left out.
impl<T: Node> Node for Option<T> {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        tree.map(|tree| T::read(Some(tree), at, log))
    }

    #[cfg(feature = "describe")]
    fn schema(definitions: &mut crate::definitions::Definitions) -> serde_json::Value {
        T::schema(definitions)
    }

    #[cfg(feature = "describe")]
    fn is_optional() -> bool {
        true
    }
}

/// A list; empty where it is left out.
impl<T: Node> Node for Vec<T> {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        let mut read = Self::new();
        match tree {
            None => {}
            Some(Tree::List(rows)) => {
                for (place, row) in rows.iter().enumerate() {
                    read.push(T::read(Some(row), &at.member(&place.to_string()), log));
                }
            }
            Some(_) => log.wrong(at, Wrong::NotA("a list")),
        }
        read
    }

    #[cfg(feature = "describe")]
    fn schema(definitions: &mut crate::definitions::Definitions) -> serde_json::Value {
        serde_json::json!({ "type": "array", "items": T::schema(definitions) })
    }

    #[cfg(feature = "describe")]
    fn is_optional() -> bool {
        true
    }
}

/// Names with what stands beside each; empty where it is left out.
impl<T: Node> Node for LiteMap<String, T> {
    fn read(tree: Option<&Tree>, at: &At<'_>, log: &mut Log) -> Self {
        let mut read = Self::new();
        match tree {
            None => {}
            Some(Tree::Object(members)) => {
                for (name, value) in members.iter().filter(|(name, _)| name != REMARKS) {
                    read.insert(name.clone(), T::read(Some(value), &at.member(name), log));
                }
            }
            Some(_) => log.wrong(at, Wrong::NotA("an object")),
        }
        read
    }

    #[cfg(feature = "describe")]
    fn schema(definitions: &mut crate::definitions::Definitions) -> serde_json::Value {
        serde_json::json!({ "type": "object", "additionalProperties": T::schema(definitions) })
    }

    #[cfg(feature = "describe")]
    fn is_optional() -> bool {
        true
    }
}

/// Declares objects of a document, each member with its name there. A member that is not declared is an error.
macro_rules! objects {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident {
            $( $(#[doc = $member_doc:literal])+ $field:ident: $type:ty = $member:literal, )+
        }
    )+) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $( $(#[doc = $member_doc])+ pub $field: $type, )+
        }

        impl $crate::node::Node for $name {
            fn read(
                tree: Option<&$crate::Tree>,
                at: &$crate::misfit::At<'_>,
                log: &mut $crate::misfit::Log,
            ) -> Self {
                let tree = $crate::node::members(tree, at, &[$($member),+], log);
                Self { $( $field: $crate::node::member(tree, $member, at, log), )+ }
            }

            #[cfg(feature = "describe")]
            fn schema(definitions: &mut crate::definitions::Definitions) -> serde_json::Value {
                definitions.of(stringify!($name), |definitions| {
                    let mut schema = $crate::describe::object(&[$($doc),+]);
                    $( $crate::describe::add::<$type>(&mut schema, $member, &[$($member_doc),+], definitions); )+
                    schema
                })
            }
        }
    )+ };
}

/// Declares choices: a word by itself, or a word with something below it.
macro_rules! choices {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident {
            $(#[doc = $first_doc:literal])+ $first:ident $(($first_type:ty))? = $first_word:literal,
            $( $(#[doc = $choice_doc:literal])+ $choice:ident $(($type:ty))? = $word:literal, )*
        }
    )+) => { $(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(clippy::large_enum_variant, reason = "a document is held once")]
        pub enum $name {
            $(#[doc = $first_doc])+ $first $(($first_type))?,
            $( $(#[doc = $choice_doc])+ $choice $(($type))?, )*
        }

        impl $crate::node::Node for $name {
            fn read(
                tree: Option<&$crate::Tree>,
                at: &$crate::misfit::At<'_>,
                log: &mut $crate::misfit::Log,
            ) -> Self {
                const WORDS: &[&str] = &[$first_word $(, $word)*];
                const ALONE: &[bool] = &[choices!(@alone $($first_type)?) $(, choices!(@alone $($type)?))*];
                let (word, below) = $crate::node::choice(tree, at, (WORDS, ALONE), log);
                $( if word == $word {
                    return choices!(@read below, at, log, word, $choice $(, $type)?);
                } )*
                choices!(@read below, at, log, word, $first $(, $first_type)?)
            }

            #[cfg(feature = "describe")]
            fn schema(definitions: &mut crate::definitions::Definitions) -> serde_json::Value {
                definitions.of(stringify!($name), |definitions| {
                    let choices = vec![
                        choices!(@schema definitions, $first_word, &[$($first_doc),+] $(, $first_type)?),
                        $( choices!(@schema definitions, $word, &[$($choice_doc),+] $(, $type)?), )*
                    ];
                    let _ = &definitions;
                    $crate::describe::choice(&[$($doc),+], choices)
                })
            }
        }
    )+ };
    (@alone) => { true };
    (@alone $type:ty) => { false };
    (@read $below:ident, $at:ident, $log:ident, $word:ident, $choice:ident) => {{
        let _ = $below;
        Self::$choice
    }};
    (@read $below:ident, $at:ident, $log:ident, $word:ident, $choice:ident, $type:ty) => {
        Self::$choice(<$type as $crate::node::Node>::read($below, &$at.member($word), $log))
    };
    (@schema $definitions:ident, $word:literal, $docs:expr) => {
        $crate::describe::word($word, $docs)
    };
    (@schema $definitions:ident, $word:literal, $docs:expr, $type:ty) => {
        $crate::describe::below::<$type>($word, $docs, $definitions)
    };
}

pub(crate) use {choices, objects};
