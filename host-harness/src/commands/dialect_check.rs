//! `koppeling dialect check`: whether a dialect holds, and what it finds in saved answers.

use std::io::{self, IsTerminal};
use std::path::Path;

use dialect::samples::{self, FieldReport, Found, Report};
use dialect::{Dialect, Persons};
use serde_json::{Value, json};

use super::screen::Screen;
use super::{CommandError, Exit, Global, dialect_file};
use crate::recordings::Samples;
use crate::settings::FileProblem;

/// How much of a value is shown.
const SHOWN: usize = 60;
/// What a dialect without contact persons means.
const NO_PERSONS: &str = "The dialect has no contact persons: none are synced.";

/// What is asked of the command.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) file: &'a Path,
    pub(super) samples: Option<&'a Path>,
    pub(super) show_values: bool,
}

pub(super) fn run(asked: Asked<'_>, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    // Before anything is read: whoever meant a file would have it by now.
    if asked.show_values && (global.json || !io::stdout().is_terminal()) {
        return Err(CommandError::ValuesOffScreen);
    }
    let json = dialect_file::read(asked.file)?;
    let dialect = Dialect::parse(&json).map_err(|misfit| CommandError::SettingsFile {
        path: asked.file.to_owned(),
        problem: FileProblem::Dialect(misfit.into()),
    })?;
    let Some(samples) = asked.samples else {
        tell_alone(&dialect, asked.file, global, screen);
        return Ok(Exit::Ok);
    };
    let samples = Samples::read(samples)?;
    let report = samples::report(&dialect, &samples.answers);
    if global.json {
        screen.json(&of_report(&dialect, &report, &samples));
    } else {
        tell_answers(&dialect, &report, &samples, screen);
        let values = asked.show_values.then(|| samples::values(&dialect, &samples.answers));
        tell_fields(&report.fields, values.as_deref(), screen);
        tell_rest(&dialect, &report, screen);
    }
    // A dialect that finds nothing, or no relation that can be read, has to be mended, or the samples have.
    let is_found = report.records.values().any(|count| *count > 0) && report.relations_of_no_kind().is_none();
    Ok(if is_found { Exit::Ok } else { Exit::Settings })
}

/// Of a dialect without samples: that it holds.
fn tell_alone(dialect: &Dialect, file: &Path, global: &Global, screen: &Screen) {
    let has_persons = has_persons(dialect);
    if global.json {
        screen.json(&json!({ "name": dialect.name, "holds": true, "has-contact-persons": has_persons }));
        return;
    }
    screen.line(format!(
        "The dialect {} holds. Try it on saved answers: koppeling dialect check {} --samples FOLDER",
        dialect.name,
        file.display()
    ));
    if !has_persons {
        screen.line(NO_PERSONS);
    }
}

fn has_persons(dialect: &Dialect) -> bool {
    !matches!(dialect.persons, Persons::None)
}

fn tell_answers(dialect: &Dialect, report: &Report, samples: &Samples, screen: &Screen) {
    let counts: Vec<String> = report.records.iter().map(|(of, count)| format!("{count} of {of}")).collect();
    let counts = if counts.is_empty() { "no record".to_owned() } else { counts.join(", ") };
    screen.line(format!("{} answers, in which {} finds {counts}", samples.answers.len(), dialect.name));
    let asides = [
        (report.types, "relation types are listed"),
        (report.not_understood, "answers hold no list and no record where the dialect says"),
        (report.refusals, "answers are refusals"),
    ];
    for (count, what) in asides.into_iter().chain(samples.passed_over()) {
        if count > 0 {
            screen.line(format!("  {count} {what}"));
        }
    }
    for (form, count) in &report.elsewhere {
        screen.line(format!("  {count} at no address of the dialect: {form}"));
    }
}

fn tell_fields(fields: &[FieldReport], values: Option<&[Option<String>]>, screen: &Screen) {
    let row = |field: &FieldReport| {
        let at = field.at.clone().unwrap_or_default();
        let (found, forms, not_understood) = match (&field.at, field.found) {
            (None, _) => ("not in this dialect".to_owned(), String::new(), String::new()),
            (Some(_), None) => ("told".to_owned(), String::new(), String::new()),
            (Some(_), Some(found)) => (how_often(found), forms(found), not_understood(found)),
        };
        [field.of.to_owned(), field.name.clone(), at, found, forms, not_understood]
    };
    match values {
        None => {
            screen.table(["OF", "FIELD", "AT", "FOUND", "FORMS", "NOT UNDERSTOOD"], fields.iter().map(row));
        }
        Some(values) => {
            let rows = fields.iter().zip(values).map(|(field, value)| {
                let [of, name, at, found, forms, not_understood] = row(field);
                [of, name, at, found, forms, not_understood, value.as_deref().map(shown).unwrap_or_default()]
            });
            screen.table(["OF", "FIELD", "AT", "FOUND", "FORMS", "NOT UNDERSTOOD", "VALUE"], rows);
        }
    }
}

/// A value comes from a stranger: what a terminal would take for an order is shown as a blank.
fn shown(value: &str) -> String {
    value.chars().take(SHOWN).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn tell_rest(dialect: &Dialect, report: &Report, screen: &Screen) {
    if !has_persons(dialect) {
        screen.line(NO_PERSONS);
    } else if !report.records.contains_key("contact-person") {
        screen.line("The samples have no contact persons that the dialect finds: nothing is known of their fields.");
    }
    if let Some(count) = report.relations_of_no_kind() {
        screen.line(format!(
            "No relation can be read: none of {count} says of which kind it is. Mend /relations/record/kind: where the kind \
             stands, and its words"
        ));
    }
    for field in &report.fields {
        if let Some(found) = field.found.filter(|found| found.other_form > 0) {
            screen.line(format!(
                "{} records have a {} in another form than the dialect says: it is read, but written in the dialect's form, \
                 which AdvocaatCentraal may refuse; name the form under \"dates\"",
                found.other_form, field.name
            ));
        }
    }
    for (what, count) in &report.unknown_words {
        screen.line(format!("{count} records have a {what} that the dialect has no word for: add it under \"{what}\""));
    }
    for (list, count) in &report.other_rows {
        screen.line(format!("{count} rows of {list} have a word by which nothing is read"));
    }
    if !report.unread.is_empty() {
        let names: Vec<&str> = report.unread.iter().map(String::as_str).collect();
        screen.line(format!("Members that nothing reads (they go back as they came): {}", names.join(", ")));
    }
}

fn how_often(found: Found) -> String {
    match (found.filled(), found.records()) {
        (_, 0) => "no such record".to_owned(),
        (0, _) => "in the dialect, in no record".to_owned(),
        (filled, records) => format!("{filled} of {records}"),
    }
}

fn not_understood(found: Found) -> String {
    if found.not_understood == 0 { String::new() } else { found.not_understood.to_string() }
}

fn counts(found: Found) -> [(&'static str, usize); 9] {
    [
        ("text", found.text),
        ("number", found.number),
        ("true or false", found.flag),
        ("list", found.list),
        ("object", found.object),
        ("null", found.null),
        ("blank", found.blank),
        ("no such row", found.no_row),
        ("left out", found.absent),
    ]
}

fn forms(found: Found) -> String {
    let said = counts(found).into_iter().filter(|(_, count)| *count > 0);
    said.map(|(form, count)| format!("{form} {count}")).collect::<Vec<_>>().join(", ")
}

fn of_report(dialect: &Dialect, report: &Report, samples: &Samples) -> Value {
    let fields: Vec<Value> = report.fields.iter().map(of_field).collect();
    json!({
        "name": dialect.name, "answers": samples.answers.len(), "unreadable": samples.no_json,
        "without-body": samples.without_body, "not-understood": report.not_understood, "refusals": report.refusals,
        "elsewhere": report.elsewhere, "records": report.records,
        "has-contact-persons": has_persons(dialect), "relation-types": report.types, "fields": fields,
        "unread-members": report.unread, "other-rows": report.other_rows, "unknown-words": report.unknown_words,
    })
}

fn of_field(field: &FieldReport) -> Value {
    let mut told = json!({ "of": field.of, "field": field.name, "at": field.at });
    if let (Some(found), Some(members)) = (field.found, told.as_object_mut()) {
        members.extend(counts(found).map(|(form, count)| (form.replace(' ', "-"), count.into())));
        members.insert("not-understood".to_owned(), found.not_understood.into());
        members.insert("other-form".to_owned(), found.other_form.into());
    }
    told
}
