//! A link from one document to a file of the repository leads somewhere.

#![allow(clippy::unwrap_used, missing_docs)]

use repository_checks::sources::{below, repository};

#[test]
fn every_link_to_a_file_leads_there() {
    let mut links = 0;
    let mut broken = Vec::new();
    for (path, text) in below(&repository(), ".md").unwrap() {
        let folder = repository().join(&path).parent().unwrap().to_owned();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
            links += 1;
            if !folder.join(target.split('#').next().unwrap()).exists() {
                broken.push(format!("{path}: {target}"));
            }
        }
    }
    assert!(links > 30, "only {links} links were found");
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}
