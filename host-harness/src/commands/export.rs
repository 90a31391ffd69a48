//! What koppeling knows of an office, in a file of JSON: its links, the history of its runs, its settings but no secret.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::CommandError;
use super::record_name::{name, record};
use super::records::{explain, explanation_json};
use super::screen::Screen;
use crate::component::RecordId;
use crate::run::Host;
use crate::settings::OfficeNumber;
use crate::store::{TOO_MANY_REQUESTS, only_mine};
use crate::timestamp::Timestamp;

/// An export that was written.
pub(super) struct Export {
    /// Where.
    pub(super) path: PathBuf,
    /// The number of records whose links could not be read, and why.
    pub(super) unread: Option<(usize, CommandError)>,
}

/// Writes it, into that file or one of its own name in this folder. No file is written over.
pub(super) async fn export(
    host: &Host,
    office: &OfficeNumber,
    file: Option<&Path>,
    screen: &Screen,
) -> Result<Export, CommandError> {
    // First of all: whoever cannot write it need not read for minutes.
    let (path, mut opened) = open(office, file)?;
    let known = host.store().summary(office).await?;
    let settings = host.settings(office).await?;
    let records = linked(host, office).await?;
    if !records.is_empty() {
        screen.aside(format!("Reading the links of {} records, one by one.", records.len()));
    }
    let (links, unread) = links(host, office, &records).await;
    let export = json!({
        "office": office, "exported": Timestamp::now(), "added": known.map(|of| of.added),
        "settings": settings.without_secrets(), "links": links, "runs": host.store().runs(office, u32::MAX).await?,
    });
    let written = serde_json::to_writer_pretty(&mut opened, &export).map_err(io::Error::from);
    let written = written.and_then(|()| writeln!(opened)).and_then(|()| opened.sync_all());
    written.map_err(|source| CommandError::Unwritable { path: path.clone(), source })?;
    Ok(Export { path, unread })
}

fn open(office: &OfficeNumber, file: Option<&Path>) -> Result<(PathBuf, File), CommandError> {
    let today: String = Timestamp::now().to_string().chars().take("2026-01-31".len()).collect();
    let (mut number, mut path) = (1_u64, PathBuf::from(format!("koppeling-{office}-{today}.json")));
    if let Some(file) = file {
        file.clone_into(&mut path);
    }
    loop {
        match only_mine(&path) {
            Ok(opened) => return Ok((path, opened)),
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists && file.is_none() => {
                number += 1;
                path = PathBuf::from(format!("koppeling-{office}-{today}-{number}.json"));
            }
            Err(source) => return Err(CommandError::Unwritable { path, source }),
        }
    }
}

/// The records that have a link. The contract has no list of them: they are known by the names of the connector's keys,
/// which are ids, and what each is linked to is asked of the connector.
async fn linked(host: &Host, office: &OfficeNumber) -> Result<Vec<RecordId>, CommandError> {
    let names: BTreeSet<String> = host.key_names(office).await?.iter().filter_map(|key| record_of(key)).collect();
    Ok(names.iter().filter_map(|name| record(name).ok()).collect())
}

/// The record of a key such as `12345/link/organisatie/1001`.
fn record_of(key: &str) -> Option<String> {
    let (_, rest) = key.split_once("/link/")?;
    let (kind, id) = rest.split_once('/')?;
    let kind = match kind {
        "organisatie" | "particulier" => "relatie",
        kind => kind,
    };
    // Every byte but letters, digits and hyphens stands there as `=` and two hexadecimal digits.
    let mut parts = id.split('=');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    Some(format!("{kind}/{}", String::from_utf8(bytes).ok()?))
}

/// What each record is linked to. After one that cannot be read no more are asked for.
async fn links(
    host: &Host,
    office: &OfficeNumber,
    records: &[RecordId],
) -> (Vec<Value>, Option<(usize, CommandError)>) {
    let mut links = Vec::with_capacity(records.len());
    for (read, record) in records.iter().enumerate() {
        match patiently(host, office, record).await {
            Ok(link) => links.push(link),
            Err(error) => {
                let unread = records.get(read..).unwrap_or_default();
                links.extend(unread.iter().map(|record| json!({"record": name(record), "linked": null})));
                return (links, Some((unread.len(), error)));
            }
        }
    }
    (links, None)
}

/// The same as `koppeling records explain` tells. A system that counts calls is waited for.
async fn patiently(host: &Host, office: &OfficeNumber, record: &RecordId) -> Result<Value, CommandError> {
    loop {
        match explain(host, office, record).await {
            Ok(explained) => return Ok(explanation_json(&explained)),
            Err(CommandError::Later(away))
                if away.wait.reason.as_ref().is_some_and(|reason| reason.status == Some(TOO_MANY_REQUESTS)) =>
            {
                tokio::time::sleep(away.wait.until.since(Timestamp::now())).await;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_known_by_the_name_of_its_key() {
        for (key, record) in [
            ("12345/link/organisatie/1001", Some("relatie/1001")),
            ("12345/link/particulier/1002", Some("relatie/1002")),
            ("12345/link/contactpersoon/1001=2F5001", Some("contactpersoon/1001/5001")),
            ("12345/owner/0f8fad5b", None),
            ("12345/cursor/organisatie", None),
            ("12345/link/organisatie/=C", None),
        ] {
            assert_eq!(record_of(key).as_deref(), record, "{key}");
        }
    }
}
