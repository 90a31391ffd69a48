//! What koppeling knows of an office, in a file of JSON: its links, the history of its runs, its settings but no secret.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::CommandError;
use super::record_name::name;
use super::records::{answered, linked_json};
use crate::component::Link;
use crate::run::Host;
use crate::settings::OfficeNumber;
use crate::store::only_mine;
use crate::timestamp::Timestamp;

/// Writes it, into that file or one of its own name in this folder, and gives its path. No file is written over.
pub(super) async fn export(host: &Host, office: &OfficeNumber, file: Option<&Path>) -> Result<PathBuf, CommandError> {
    let known = host.store().summary(office).await?;
    let settings = host.settings(office).await?;
    let export = json!({
        "office": office, "exported": Timestamp::now(), "added": known.map(|of| of.added),
        "settings": settings.without_secrets(), "links": links(host, office).await?, "runs": host.store().runs(office, u32::MAX).await?,
    });
    let (path, mut opened) = open(office, file)?;
    let written = serde_json::to_writer_pretty(&mut opened, &export).map_err(io::Error::from);
    let written = written.and_then(|()| writeln!(opened)).and_then(|()| opened.sync_all());
    written.map_err(|source| CommandError::Unwritable { path: path.clone(), source })?;
    Ok(path)
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

/// What each record is linked to, as the state knows it: neither system is asked.
async fn links(host: &Host, office: &OfficeNumber) -> Result<Vec<Value>, CommandError> {
    let (mut links, mut after) = (Vec::new(), None);
    loop {
        let from: Option<&str> = after.as_deref();
        let page = host.read(office, |connector, context| async move { connector.links(context, from).await });
        let page = answered(host, office, page.await?).await?;
        links.extend(page.links.iter().map(link_json));
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(links),
        }
    }
}

fn link_json(link: &Link) -> Value {
    json!({"record": name(&link.subject), "state": link.state, "linked": linked_json(&link.linked)})
}
