//! What the pages say, in the language of whoever reads: the messages of `texts/`, by Fluent.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Language {
    /// The language of the offices.
    #[default]
    Dutch,
    English,
}

impl Language {
    pub(super) const ALL: [Self; 2] = [Self::Dutch, Self::English];

    /// As a page and a cookie name it.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    /// The language of that code; none for no such code.
    pub(super) fn named(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The one that is offered beside it.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Dutch => Self::English,
            Self::English => Self::Dutch,
        }
    }
}

/// The messages of each language.
static DUTCH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Dutch, include_str!("texts/nl.ftl")));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::English, include_str!("texts/en.ftl")));

type Bundle = FluentBundle<FluentResource>;

fn bundle(language: Language, text: &str) -> Bundle {
    // Its rules of plural are found by it.
    let named: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![named]);
    // The marks are for texts of mixed directions, and show as boxes where a font lacks them.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(understood, _)| understood);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A value in a message.
pub(super) type Value = FluentValue<'static>;

/// The messages in one language.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub(super) language: Language,
    bundle: &'static Bundle,
}

impl Words {
    pub(super) fn of(language: Language) -> Self {
        let bundle = match language {
            Language::Dutch => &DUTCH,
            Language::English => &ENGLISH,
        };
        Self { language, bundle }
    }

    /// A message without values.
    pub(super) fn say(self, message: &str) -> String {
        self.say_with(message, [])
    }

    /// A message with values.
    pub(super) fn say_with<const COUNT: usize>(self, message: &str, values: [(&'static str, Value); COUNT]) -> String {
        let Some(pattern) = self.bundle.get_message(message).and_then(|message| message.value()) else {
            debug_assert!(false, "no message {message}");
            return message.to_owned();
        };
        let (values, mut errors) = (FluentArgs::from_iter(values), Vec::new());
        let text = self.bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "{message}: {errors:?}");
        text
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
