//! Values of the state that do not open, which the connector passes over: they are known by the names of their keys alone.

use super::CommandError;
use crate::run::Host;
use crate::settings::OfficeNumber;
use crate::store::StoreError;

/// The ids of the kept values of an office that are damaged. The contract lists those that can be given back.
pub(super) async fn kept(host: &Host, office: &OfficeNumber) -> Result<Vec<String>, CommandError> {
    let mut damaged = Vec::new();
    for key in host.key_names(office).await? {
        let Some(id) = kept_of(&key) else { continue };
        match host.store().peek(office, key.clone()).await {
            Ok(_) => {}
            Err(StoreError::Damaged) => damaged.push(id.to_owned()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(damaged)
}

/// The id of the kept value of a key such as `12345/kept/0123456789abcdef`.
fn kept_of(key: &str) -> Option<&str> {
    let (_, id) = key.split_once("/kept/")?;
    (!id.contains('/')).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_value_is_known_by_the_name_of_its_key() {
        for (key, id) in [
            ("12345/kept/0123456789abcdef", Some("0123456789abcdef")),
            ("12345/kept-since", None),
            ("12345/link/organisatie/1001", None),
        ] {
            assert_eq!(kept_of(key), id, "{key}");
        }
    }
}
