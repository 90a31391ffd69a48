//! Changing single settings of an office, by the names of the settings file.

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value};
use zeroize::Zeroize;

use super::file::Text;
use super::names::{Form, is_field, setting};
use super::{FileProblem, OfficeSettings};

/// One change: a setting, or an entry of one as `relation-types.client`, with its new value; none for its default.
pub struct Change {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Option<SecretString>,
}

/// A setting by a name that may go on with an entry of it.
fn parts(name: &str) -> Result<(&'static str, Form, Option<&str>), FileProblem> {
    let (first, entry) = match name.split_once('.') {
        Some((first, entry)) => (first, Some(entry)),
        None => (name, None),
    };
    match (setting(first), entry) {
        (Some(("office", _)), _) => Err(FileProblem::FixedOffice),
        (Some((name, form @ Form::Table(_))), Some(entry)) if !entry.is_empty() => Ok((name, form, Some(entry))),
        (Some((name, Form::Table(_))), _) => Err(FileProblem::NoEntry { setting: name }),
        (Some((name, form)), None) => Ok((name, form, None)),
        (Some(_) | None, _) => Err(FileProblem::NoSuchSetting { name: name.to_owned() }),
    }
}

fn value_of(name: &'static str, form: Form, text: &str) -> Result<Value, FileProblem> {
    let wrong = || FileProblem::Value { setting: name };
    match form {
        Form::Number => text.trim().parse::<u32>().map(Value::from).map_err(|_| wrong()),
        Form::Truth => text.trim().parse::<bool>().map(Value::from).map_err(|_| wrong()),
        Form::Text | Form::Secret | Form::OneOf(_) | Form::Table(_) => Ok(Value::from(text)),
    }
}

impl OfficeSettings {
    /// The same with some settings changed, and all others as they are.
    pub fn changed(&self, changes: &[Change]) -> Result<Self, FileProblem> {
        let mut all = self.as_map();
        let changed = change_all(&mut all, changes);
        let settings = changed.and_then(|()| {
            let text: Text = serde_json::from_value(Value::Object(all.clone())).map_err(|error| {
                let missing = error.to_string();
                let missing = missing.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
                match missing.and_then(setting) {
                    Some((name, _)) => FileProblem::Missing { setting: name.to_owned() },
                    None => not_understood(changes),
                }
            })?;
            Self::from_text(&text)
        });
        wipe(&mut all);
        settings
    }

    /// The names of the settings in which the two differ.
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        let (mut ours, mut theirs) = (self.as_map(), other.as_map());
        let names = super::names::SETTINGS.iter().map(|(name, _)| *name);
        let differing = names.filter(|name| ours.get(*name) != theirs.get(*name)).collect();
        wipe(&mut ours);
        wipe(&mut theirs);
        differing
    }

    /// All of them, by their names in a settings file, but those that must not be seen.
    pub fn without_secrets(&self) -> Map<String, Value> {
        let mut all = self.as_map();
        let mut secrets = Map::new();
        for (name, form) in super::names::SETTINGS {
            // Its id is half of what an application logs in with.
            if (*form == Form::Secret || *name == "tribe-client-id")
                && let Some((name, value)) = all.remove_entry(*name)
            {
                secrets.insert(name, value);
            }
        }
        wipe(&mut secrets);
        all
    }

    fn as_map(&self) -> Map<String, Value> {
        match serde_json::to_value(self.to_text()) {
            Ok(Value::Object(all)) => all,
            _ => Map::new(),
        }
    }
}

/// Of several changes the first whose value may be what is not understood.
fn not_understood(changes: &[Change]) -> FileProblem {
    let mut names = changes.iter().filter_map(|change| parts(&change.name).ok());
    let closed = names.find(|(_, form, _)| matches!(form, Form::OneOf(_) | Form::Table(_)));
    let first = || changes.first().map(|change| change.name.clone()).unwrap_or_default();
    closed
        .map_or_else(|| FileProblem::NoSuchSetting { name: first() }, |(setting, _, _)| FileProblem::Value { setting })
}

fn change_all(all: &mut Map<String, Value>, changes: &[Change]) -> Result<(), FileProblem> {
    for change in changes {
        let (name, form, entry) = parts(&change.name)?;
        let value = change.value.as_ref().map(|text| value_of(name, form, text.expose_secret())).transpose()?;
        let table = match entry {
            None => Some(&mut *all),
            Some(_) => all.entry(name).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
        };
        let Some(table) = table else { return Err(FileProblem::Value { setting: name }) };
        let key = entry.unwrap_or(name);
        // An entry that is there is taken out whatever its name is. Any type of AdvocaatCentraal's may be mapped.
        let is_known = match name {
            "fields" => is_field(key),
            _ => value.is_some(),
        };
        if entry.is_some() && !is_known && !(value.is_none() && table.contains_key(key)) {
            return Err(FileProblem::NoSuchEntry { setting: name, entry: key.to_owned() });
        }
        match value {
            Some(value) => drop(table.insert(key.to_owned(), value)),
            None => drop(table.remove(key)),
        }
    }
    Ok(())
}

/// Overwrites every text, since some are secrets.
fn wipe(all: &mut Map<String, Value>) {
    for (_, value) in all.iter_mut() {
        if let Value::String(text) = value {
            text.zeroize();
        }
    }
}
