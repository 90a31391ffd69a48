//! The relation types that an office has mapped, and what is wrong with one: named, since a type is a setting.

use super::screen::Screen;
use crate::component::{RelationTypeLists, SettingProblem};
use crate::run::Host;
use crate::settings::{OfficeNumber, OfficeSettings};

/// The types of Tribe's that have a name; any other is named by its GUID.
const NAMED: [&str; 7] = ["suspect", "lead", "hot-prospect", "prospect", "customer", "supplier", "partner"];

const UNKNOWN: &str = "relation-type-unknown";

fn is_type_of_tribe(key: &str) -> bool {
    let is_hyphen = |at: usize| [8, 13, 18, 23].contains(&at);
    let is_guid = key.len() == 36
        && key
            .bytes()
            .enumerate()
            .all(|(at, sign)| if is_hyphen(at) { sign == b'-' } else { sign.is_ascii_hexdigit() });
    is_guid || NAMED.contains(&key)
}

/// The entries that are mapped to nothing that can be a type of Tribe's, as the settings have them.
fn unknown(settings: &OfficeSettings) -> Vec<String> {
    let mapped = settings.relation_types.iter().filter(|(_, key)| !key.trim().is_empty());
    mapped.filter(|(_, key)| !is_type_of_tribe(key.trim())).map(|(id, key)| format!("{id} = \"{key}\"")).collect()
}

/// The entries of a problem, behind its sentence; nothing where it is about none.
pub(super) fn entries(problem: &SettingProblem, settings: Option<&OfficeSettings>) -> String {
    let entries = settings.filter(|_| problem.code == UNKNOWN).map(unknown).unwrap_or_default();
    if entries.is_empty() { String::new() } else { format!(" ({})", entries.join(", ")) }
}

/// The settings without the entries of tables that are wrong, to see how the rest is.
pub(super) fn without_wrong_entries(mut settings: OfficeSettings, problems: &[SettingProblem]) -> OfficeSettings {
    settings.relation_types.retain(|_, key| is_type_of_tribe(key.trim()));
    if problems.iter().any(|problem| problem.setting == "fields") {
        settings.fields.clear();
    }
    settings
}

/// The mapped types that AdvocaatCentraal does not have.
fn missing(settings: &OfficeSettings, lists: &RelationTypeLists) -> Vec<String> {
    let mapped = settings.relation_types.iter().filter(|(_, key)| !key.trim().is_empty()).map(|(id, _)| id);
    mapped.filter(|id| !lists.advocaatcentraal.iter().any(|of| of.id == **id)).cloned().collect()
}

/// Tells which mapped types AdvocaatCentraal does not have, if it can be asked: nothing of them is synced.
pub(super) async fn warn_of_missing(host: &Host, office: &OfficeNumber, screen: &Screen) {
    let Ok(settings) = host.settings(office).await else { return };
    let answer = host.turn(office, |connector, context| async move { connector.relation_types(context).await }).await;
    let Ok(Ok(lists)) = answer else { return };
    let missing = missing(&settings, &lists);
    if !missing.is_empty() {
        screen.aside(format!(
            "Office {office}: AdvocaatCentraal has no relation type {}, which is mapped: nothing of it is synced. See \
             `koppeling office types {office}`.",
            missing.join(", ")
        ));
    }
}

#[cfg(test)]
mod tests {
    use advocaatcentraal_tribe::tribe::RelationType;

    use super::*;

    #[test]
    fn the_types_of_tribe_are_those_of_the_connector() {
        let named: Vec<String> = RelationType::STANDARD.iter().map(RelationType::key).collect();
        assert_eq!(named, NAMED);
        for key in ["customer", "e0d6534a-cc84-4cf7-bdc5-d32f9311c09e", "klant", "Customer", "e0d6534acc84", ""] {
            assert_eq!(is_type_of_tribe(key), RelationType::parse(key).is_some(), "{key}");
        }
    }
}
