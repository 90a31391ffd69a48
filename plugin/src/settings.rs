//! One office's settings, read once per call and then frozen: what changes meanwhile holds from the next call on.

use std::sync::Arc;

use dialect::Dialect;
use litemap::LiteMap;

use crate::link::{KeepFor, Mapping, Side};
use crate::mapping;
use crate::plan::Direction;
use crate::relation::{OfficeNumber, RelatietypeId};
use crate::secret::Secret;
use crate::set::Set;
use crate::tribe::{Flow, Kvk, RelationType};
use crate::wording::Code;
use crate::{advocaatcentraal, tribe};

/// The names of the settings, as the host keeps them.
pub mod name {
    /// Where AdvocaatCentraal's API is.
    pub const ADVOCAATCENTRAAL_URL: &str = "advocaatcentraal-url";
    /// The administratienummer.
    pub const ADVOCAATCENTRAAL_OFFICE: &str = "advocaatcentraal-office";
    /// The API key. Secret.
    pub const ADVOCAATCENTRAAL_KEY: &str = "advocaatcentraal-key";
    /// The header in which the key travels; `X-Api-Key` unless set.
    pub const ADVOCAATCENTRAAL_KEY_HEADER: &str = "advocaatcentraal-key-header";
    /// The API user, where the dialect needs one.
    pub const ADVOCAATCENTRAAL_USER: &str = "advocaatcentraal-user";
    /// Its password. Secret.
    pub const ADVOCAATCENTRAAL_PASSWORD: &str = "advocaatcentraal-password";
    /// A JSON document: how AC's wire speaks, where it is not as assumed.
    pub const DIALECT: &str = "dialect";
    /// Where Tribe's API is; `https://api.tribecrm.nl` unless set.
    pub const TRIBE_URL: &str = "tribe-url";
    /// Where Tribe's login is; `https://auth.tribecrm.nl` unless set.
    pub const TRIBE_AUTH_URL: &str = "tribe-auth-url";
    /// How the connector logs in to Tribe: `client-credentials` unless set, or `authorization-code`.
    pub const TRIBE_LOGIN: &str = "tribe-login";
    /// The id of the application in Tribe.
    pub const TRIBE_CLIENT_ID: &str = "tribe-client-id";
    /// Its secret. Secret.
    pub const TRIBE_CLIENT_SECRET: &str = "tribe-client-secret";
    /// The secret of the webhooks; without it no delivery is taken. Secret.
    pub const TRIBE_WEBHOOK_SECRET: &str = "tribe-webhook-secret";
    /// The header of a delivery's signature; `X-Tribe-Signature` unless set.
    pub const TRIBE_WEBHOOK_HEADER: &str = "tribe-webhook-header";
    /// The property of a contact that holds the function; `Function` unless set.
    pub const TRIBE_FUNCTION_FIELD: &str = "tribe-function-field";
    /// The property that holds the marker; `ImportId` unless set.
    pub const MARKER_FIELD: &str = "marker-field";
    /// A JSON object: AC's relation type id → the key of a Tribe type, or empty for "not this type".
    pub const RELATION_TYPES: &str = "relation-types";
    /// A JSON object: field → `two-way`, `from-advocaatcentraal` or `off`.
    pub const FIELDS: &str = "fields";
    /// `on` where the office uses Tribe's KvK link.
    pub const KVK: &str = "kvk";
    /// For how many days a value that gave way is kept: 0 to 30, and 30 unless set.
    pub const KEPT_DAYS: &str = "kept-days";
    /// The direction that waits, for a while: `to-advocaatcentraal` or `to-tribe`; none unless set.
    pub const PAUSED_DIRECTION: &str = "paused-direction";
    /// The name by which the host knows the office's store; empty unless set.
    pub const STORE_BUCKET: &str = "store-bucket";
}

/// A setting that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its name.
    pub setting: &'static str,
    /// What is wrong.
    pub code: Code,
}

/// Everything an office has set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// AdvocaatCentraal's side.
    pub advocaatcentraal: advocaatcentraal::Settings,
    /// Tribe's side.
    pub tribe: tribe::Settings,
    /// The document of the dialect, where it is another than the built-in one.
    pub dialect_document: Option<String>,
    /// Which AC types are synced, and as what. A type that is not here is not synced.
    pub types: LiteMap<RelatietypeId, RelationType>,
    /// How long values that gave way are kept.
    pub keep_for: KeepFor,
    /// The side that gets nothing for a while.
    pub paused: Option<Side>,
    /// The fields that are not two-way; none is off.
    fields: LiteMap<String, Option<Direction>>,
}

impl Settings {
    /// Reads the settings; every problem at once, so that one visit mends them all.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        let settings = Self::read_before_mapping(get)?;
        if settings.types.is_empty() {
            return Err(vec![Problem { setting: name::RELATION_TYPES, code: Code::NoRelationTypeMapped }]);
        }
        Ok(settings)
    }

    /// The same for what comes before any relation type is mapped: the login, and the list of types to choose from.
    pub fn read_before_mapping(get: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader { get, problems: Vec::new() };
        let dialect = reader.dialect();
        let of_its_own = reader.given(name::DIALECT).filter(|_| *dialect != *advocaatcentraal::built_in());
        let settings = Self {
            dialect_document: of_its_own,
            advocaatcentraal: advocaatcentraal::Settings {
                url: reader.url(name::ADVOCAATCENTRAAL_URL, None),
                office: reader.office(),
                key: Secret::new(reader.needed(name::ADVOCAATCENTRAAL_KEY)),
                key_header: reader.or(name::ADVOCAATCENTRAAL_KEY_HEADER, "X-Api-Key"),
                user: reader.or(name::ADVOCAATCENTRAAL_USER, ""),
                password: Secret::new(reader.or(name::ADVOCAATCENTRAAL_PASSWORD, "")),
                dialect,
            },
            tribe: tribe::Settings {
                url: reader.url(name::TRIBE_URL, Some("https://api.tribecrm.nl")),
                auth_url: reader.url(name::TRIBE_AUTH_URL, Some("https://auth.tribecrm.nl")),
                flow: reader.flow(),
                client_id: reader.needed(name::TRIBE_CLIENT_ID),
                client_secret: Secret::new(reader.needed(name::TRIBE_CLIENT_SECRET)),
                marker_property: reader.property(name::MARKER_FIELD, "ImportId"),
                function_property: reader.property(name::TRIBE_FUNCTION_FIELD, "Function"),
                kvk: reader.kvk(),
            },
            types: reader.types(),
            keep_for: reader.keep_for(),
            paused: reader.paused(),
            fields: reader.fields(),
        };
        if reader.problems.is_empty() { Ok(settings) } else { Err(reader.problems) }
    }

    /// The fields that go from AC to Tribe only.
    pub fn one_way(&self) -> Set<String> {
        let one_way = self.fields.iter().filter(|(_, rule)| **rule == Some(Direction::FromAdvocaatCentraal));
        one_way.map(|(field, _)| field.clone()).collect()
    }

    /// How each field is read whose place is a setting, and where AC has each that the built-in dialect has elsewhere.
    pub fn readings(&self) -> LiteMap<String, String> {
        let function = (mapping::FUNCTION_FIELD.to_owned(), self.tribe.function_property.clone());
        let mut readings: LiteMap<String, String> = [function].into_iter().collect();
        if self.dialect_document.is_some() {
            let assumed = mapping::places_in_ac(&advocaatcentraal::built_in());
            for (field, at) in mapping::places_in_ac(&self.advocaatcentraal.dialect) {
                if assumed.get(field) != Some(&at) {
                    readings.entry(field.to_owned()).or_default().push_str(&at);
                }
            }
        }
        readings
    }

    /// The mapped types, each with the key of what it is mapped to.
    pub fn mapping(&self) -> Mapping {
        self.types.iter().map(|(of, to)| (of.clone(), to.key())).collect()
    }

    /// Whether a field travels both ways.
    pub fn goes_both_ways(&self, field: &str) -> bool {
        self.direction(field) == Some(Direction::BothWays)
    }

    /// Which way a field travels; none if it is off.
    pub fn direction(&self, field: &str) -> Option<Direction> {
        if field == mapping::KVK_FIELD && self.tribe.kvk == Kvk::NotLinked {
            return None;
        }
        self.fields.get(field).copied().unwrap_or(Some(Direction::BothWays))
    }
}

/// What is needed to verify a delivery, readable before anything else is set up.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// The secret.
    pub secret: Secret,
    /// The header of the signature.
    pub header: String,
}

impl WebhookSettings {
    /// Reads them.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader { get, problems: Vec::new() };
        let settings = Self {
            secret: Secret::new(reader.needed(name::TRIBE_WEBHOOK_SECRET)),
            header: reader.or(name::TRIBE_WEBHOOK_HEADER, "X-Tribe-Signature"),
        };
        if reader.problems.is_empty() { Ok(settings) } else { Err(reader.problems) }
    }
}

struct Reader<G> {
    get: G,
    problems: Vec<Problem>,
}

impl<G: Fn(&str) -> Option<String>> Reader<G> {
    fn given(&self, setting: &str) -> Option<String> {
        (self.get)(setting).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn wrong(&mut self, setting: &'static str, code: Code) {
        self.problems.push(Problem { setting, code });
    }

    fn needed(&mut self, setting: &'static str) -> String {
        self.given(setting).unwrap_or_else(|| {
            self.wrong(setting, Code::SettingMissing);
            String::new()
        })
    }

    /// The office's number as AC gets it: as it is typed, without blanks.
    fn office(&mut self) -> String {
        let text = self.needed(name::ADVOCAATCENTRAAL_OFFICE);
        if !text.is_empty() && !OfficeNumber::is_written_in(&text) {
            self.wrong(name::ADVOCAATCENTRAAL_OFFICE, Code::SettingNotUnderstood);
        }
        text.replace(' ', "")
    }

    fn or(&self, setting: &str, default: &str) -> String {
        self.given(setting).unwrap_or_else(|| default.to_owned())
    }

    fn url(&mut self, setting: &'static str, default: Option<&str>) -> String {
        let text = match default {
            Some(default) => self.or(setting, default),
            None => self.needed(setting),
        };
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let understood = host.is_some_and(|host| !host.is_empty() && !host.contains(['?', '#', ' ', '@']));
        if !text.is_empty() && !understood {
            self.wrong(setting, Code::SettingNotUnderstood);
        }
        text.trim_end_matches('/').to_owned()
    }

    /// A property's name goes into queries as it is, so it may hold nothing else.
    fn property(&mut self, setting: &'static str, default: &str) -> String {
        let text = self.or(setting, default);
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            self.wrong(setting, Code::SettingNotUnderstood);
        }
        text
    }

    fn dialect(&mut self) -> Arc<Dialect> {
        let Some(text) = self.given(name::DIALECT) else {
            return advocaatcentraal::built_in();
        };
        Dialect::parse(&text).map_or_else(
            |_| {
                self.wrong(name::DIALECT, Code::SettingNotUnderstood);
                advocaatcentraal::built_in()
            },
            Arc::new,
        )
    }

    fn flow(&mut self) -> Flow {
        let Some(text) = self.given(name::TRIBE_LOGIN) else {
            return Flow::ClientCredentials;
        };
        Flow::parse(&text).unwrap_or_else(|| {
            self.wrong(name::TRIBE_LOGIN, Code::SettingNotUnderstood);
            Flow::ClientCredentials
        })
    }

    fn kvk(&mut self) -> Kvk {
        match self.given(name::KVK).as_deref() {
            None | Some("off") => Kvk::NotLinked,
            Some("on") => Kvk::Linked,
            Some(_) => {
                self.wrong(name::KVK, Code::SettingNotUnderstood);
                Kvk::NotLinked
            }
        }
    }

    fn keep_for(&mut self) -> KeepFor {
        let Some(text) = self.given(name::KEPT_DAYS) else {
            return KeepFor::default();
        };
        text.parse().ok().and_then(KeepFor::days).unwrap_or_else(|| {
            self.wrong(name::KEPT_DAYS, Code::SettingNotUnderstood);
            KeepFor::default()
        })
    }

    fn table(&mut self, setting: &'static str) -> LiteMap<String, String> {
        let Some(text) = self.given(setting) else {
            return LiteMap::new();
        };
        serde_json::from_str(&text).unwrap_or_else(|_| {
            self.wrong(setting, Code::SettingNotUnderstood);
            LiteMap::new()
        })
    }

    fn types(&mut self) -> LiteMap<RelatietypeId, RelationType> {
        let mut types = LiteMap::new();
        for (id, key) in self.table(name::RELATION_TYPES) {
            match RelationType::parse(key.trim()) {
                Some(relation_type) => drop(types.insert(RelatietypeId::new(id), relation_type)),
                // An empty mapping means: not this type.
                None if key.trim().is_empty() => {}
                None => self.wrong(name::RELATION_TYPES, Code::RelationTypeUnknown),
            }
        }
        types
    }

    fn paused(&mut self) -> Option<Side> {
        match self.given(name::PAUSED_DIRECTION)?.as_str() {
            "to-advocaatcentraal" => Some(Side::AdvocaatCentraal),
            "to-tribe" => Some(Side::Tribe),
            _ => {
                self.wrong(name::PAUSED_DIRECTION, Code::SettingNotUnderstood);
                None
            }
        }
    }

    fn fields(&mut self) -> LiteMap<String, Option<Direction>> {
        let mut fields = LiteMap::new();
        for (field, rule) in self.table(name::FIELDS) {
            let direction = match rule.as_str() {
                "two-way" => Some(Direction::BothWays),
                "from-advocaatcentraal" => Some(Direction::FromAdvocaatCentraal),
                "off" => None,
                _ => {
                    self.wrong(name::FIELDS, Code::SettingNotUnderstood);
                    continue;
                }
            };
            if !mapping::is_field(&field) {
                self.wrong(name::FIELDS, Code::FieldUnknown);
            }
            fields.insert(field, direction);
        }
        fields
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(changes: &[(&str, &str)]) -> Result<Settings, Vec<Problem>> {
        let mut given: LiteMap<&str, &str> = LiteMap::from_iter([
            (name::ADVOCAATCENTRAAL_URL, "https://ac.example/"),
            (name::ADVOCAATCENTRAAL_OFFICE, "12345"),
            (name::ADVOCAATCENTRAAL_KEY, "key"),
            (name::TRIBE_CLIENT_ID, "id"),
            (name::TRIBE_CLIENT_SECRET, "secret"),
            (name::RELATION_TYPES, r#"{"client":"customer","advocaat":""}"#),
        ]);
        for (name, text) in changes {
            given.insert(name, text);
        }
        Settings::read(|name| given.get(name).map(|text| (*text).to_owned()))
    }

    fn problems(changes: &[(&str, &str)]) -> Vec<(&'static str, Code)> {
        read(changes).unwrap_err().into_iter().map(|problem| (problem.setting, problem.code)).collect()
    }

    #[test]
    fn an_empty_mapping_means_not_this_type() {
        let settings = read(&[]).unwrap();
        let types: Vec<&str> = settings.types.keys().map(RelatietypeId::as_str).collect();
        assert_eq!(types, ["client"]);
    }

    #[test]
    fn what_is_not_set_has_the_documented_default() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.tribe.url, "https://api.tribecrm.nl");
        assert_eq!(settings.advocaatcentraal.url, "https://ac.example");
        assert_eq!(settings.tribe.marker_property, "ImportId");
        assert_eq!(settings.tribe.flow, Flow::ClientCredentials);
        assert_eq!(settings.direction("organisatie.website"), Some(Direction::BothWays));
    }

    #[test]
    fn the_kvk_number_is_off_until_chosen() {
        assert_eq!(read(&[]).unwrap().direction(mapping::KVK_FIELD), None);
        assert_eq!(read(&[(name::KVK, "on")]).unwrap().direction(mapping::KVK_FIELD), Some(Direction::BothWays));
    }

    #[test]
    fn a_field_can_be_one_way_or_off() {
        let rules = r#"{"contactpersoon.voornamen":"from-advocaatcentraal","organisatie.website":"off"}"#;
        let settings = read(&[(name::FIELDS, rules)]).unwrap();
        assert_eq!(settings.direction("contactpersoon.voornamen"), Some(Direction::FromAdvocaatCentraal));
        assert_eq!(settings.direction("organisatie.website"), None);
    }

    #[test]
    fn values_are_kept_for_thirty_days_or_as_many_as_are_set() {
        assert_eq!(read(&[]).unwrap().keep_for, KeepFor::default());
        assert_eq!(Some(read(&[(name::KEPT_DAYS, "7")]).unwrap().keep_for), KeepFor::days(7));
        assert!(read(&[(name::KEPT_DAYS, "0")]).unwrap().keep_for.is_never());
        for wrong in ["31", "-1", "a week"] {
            assert_eq!(problems(&[(name::KEPT_DAYS, wrong)]), [(name::KEPT_DAYS, Code::SettingNotUnderstood)]);
        }
    }

    #[test]
    fn every_problem_is_named_at_once() {
        let found = problems(&[
            (name::ADVOCAATCENTRAAL_KEY, " "),
            (name::TRIBE_URL, "ftp://tribe.example"),
            (name::TRIBE_LOGIN, "password"),
            (name::RELATION_TYPES, r#"{"client":"king"}"#),
            (name::FIELDS, r#"{"organisatie.shoe-size":"off","organisatie.website":"sometimes"}"#),
            (name::MARKER_FIELD, "ImportId eq '' or 1"),
            (name::KEPT_DAYS, "31"),
        ]);
        let expected = [
            (name::ADVOCAATCENTRAAL_KEY, Code::SettingMissing),
            (name::TRIBE_URL, Code::SettingNotUnderstood),
            (name::TRIBE_LOGIN, Code::SettingNotUnderstood),
            (name::MARKER_FIELD, Code::SettingNotUnderstood),
            (name::RELATION_TYPES, Code::RelationTypeUnknown),
            (name::KEPT_DAYS, Code::SettingNotUnderstood),
            (name::FIELDS, Code::FieldUnknown),
            (name::FIELDS, Code::SettingNotUnderstood),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_office_number_is_taken_in_any_spelling_of_a_number_and_nothing_else() {
        for (typed, sent) in [("12345", "12345"), (" 12 345 ", "12345"), ("012345", "012345"), ("12-345", "12-345")] {
            let settings = read(&[(name::ADVOCAATCENTRAAL_OFFICE, typed)]).unwrap();
            assert_eq!(settings.advocaatcentraal.office, sent);
        }
        for typed in ["12345/1", "１２３４５", "kantoor:1"] {
            let expected = [(name::ADVOCAATCENTRAAL_OFFICE, Code::SettingNotUnderstood)];
            assert_eq!(problems(&[(name::ADVOCAATCENTRAAL_OFFICE, typed)]), expected, "{typed}");
        }
    }

    #[test]
    fn an_office_without_a_mapped_type_is_not_set_up() {
        assert_eq!(problems(&[(name::RELATION_TYPES, "")]), [(name::RELATION_TYPES, Code::NoRelationTypeMapped)]);
        let given = [
            (name::ADVOCAATCENTRAAL_URL, "https://ac.example"),
            (name::ADVOCAATCENTRAAL_OFFICE, "12345"),
            (name::ADVOCAATCENTRAAL_KEY, "key"),
            (name::TRIBE_CLIENT_ID, "id"),
            (name::TRIBE_CLIENT_SECRET, "secret"),
        ];
        let get = |name: &str| given.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        assert!(Settings::read_before_mapping(get).is_ok(), "the types to choose from can be asked for");
    }

    #[test]
    fn a_secret_does_not_show_in_what_is_printed() {
        let settings = read(&[(name::TRIBE_CLIENT_SECRET, "canary-secret")]).unwrap();
        assert!(!format!("{settings:?}").contains("canary-secret"));
    }
}
