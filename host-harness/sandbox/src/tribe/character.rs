//! What nobody outside Tribe knows about it, or what a tenant chooses, as options.

use std::time::Duration;

use serde_json::Value;

use super::guid::Guid;
use crate::Dates;
use crate::altered::Altered;
use crate::http::ByteOrderMark;

/// The API client and the tenant behind it.
#[derive(Clone)]
pub struct Tenant {
    /// The OAuth client.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Where the login page may send a user back to; of a loopback address any port.
    pub redirect_uri: String,
    /// The name of the tenant's own organisation.
    pub organisation: String,
    /// All ids and tokens follow from this number.
    pub seed: u64,
}

impl Default for Tenant {
    fn default() -> Self {
        Self {
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret".to_owned(),
            redirect_uri: "https://koppeling.example/tribe".to_owned(),
            organisation: "Voorbeeld Advocaten".to_owned(),
            seed: 1,
        }
    }
}

/// How this Tribe behaves where the contract leaves a choice. The default is the likeliest reading.
#[derive(Clone, Debug)]
pub struct Character {
    /// How long an access token lives. Tribe: unknown; Hydra's default is an hour.
    pub token_life: Duration,
    /// What a token answer says of that.
    pub expires_in: ExpiresIn,
    /// What a user on the login page does.
    pub consent: Consent,
    /// What a call without a living token gets.
    pub unauthorised: Unauthorised,
    /// Calls in any sixty seconds before 429; none lifts the limit. Tribe: documented (1000).
    pub calls_per_minute: Option<u32>,
    /// What a 429 tells about waiting.
    pub retry_after: RetryAfter,
    /// What a successful `PUT` answers.
    pub put_answer: PutAnswer,
    /// Whether text is stored as it was sent.
    pub stored_text: StoredText,
    /// Properties and links that are stored otherwise than the API sends them. A write of which nothing is left changes
    /// nothing, no stamp either. Tribe: unknown.
    pub altered: Altered,
    /// Whether a null that the API sends empties a property.
    pub null: Null,
    /// What a successful `POST` of a new record answers.
    pub create_answer: CreateAnswer,
    /// What a nested object without `ID` does.
    pub nested_create: NestedCreate,
    /// What `$top` above a hundred does.
    pub overlong_page: OverlongPage,
    /// What an answer holds beside what is known.
    pub extra_properties: ExtraProperties,
    /// Whether answers start with a byte order mark.
    pub byte_order_mark: ByteOrderMark,
    /// What `_UpgradeType` does to the id of a relationship.
    pub upgrade: UpgradedId,
    /// Whether an edit of an address moves the stamp of whose it is.
    pub address_edit: AddressEdit,
    /// What `Code` says in `Datastore_Country`.
    pub country_codes: CountryCodes,
    /// What registering a webhook takes.
    pub webhook_registration: WebhookRegistration,
    /// What an answer's `Date` says.
    pub dates: Dates,
    /// How far reads lag behind writes. A write answers what it stored; a deletion does not lag.
    pub read_lag: Duration,
    /// What the API client may see.
    pub visibility: Visibility,
    /// A text that this tenant takes in no property; none if it takes every text.
    pub refused_text: Option<RefusedText>,
    /// Whether `eq` and `ne` on text tell capitals apart.
    pub text_equality: TextEquality,
    /// What a list without a total order looks like.
    pub unordered: Unordered,
    /// How often a row comes in a list that expands something beside it.
    pub expanded_rows: ExpandedRows,
    /// Whether a commercial relationship must name its parent.
    pub parent: ParentRelation,
    /// What `LastMutationDate` says on a record that was never edited.
    pub first_mutation_date: FirstMutationDate,
    /// Whether the server itself touches an address again some seconds after it was written. Tribe: seen (5 s).
    pub address_follow_up: Option<Duration>,
    /// The header that carries a delivery's signature. Tribe: unknown.
    pub signature_header: String,
    /// What a delivery tells beside the id.
    pub envelope: Envelope,
    /// The property of a contact that holds the job title. Tribe: unknown.
    pub function_property: String,
    /// Rows of `Datastore_Gender`: code and name. Tribe: unknown.
    pub genders: Vec<(String, String)>,
    /// Rows of `Datastore_Country` that the tenant made: code and name.
    pub own_countries: Vec<(String, String)>,
    /// The tenant's own relation types.
    pub custom_types: Vec<CustomType>,
    /// The tenant's own text fields, on every relation and relationship.
    pub custom_fields: Vec<CustomField>,
}

impl Default for Character {
    fn default() -> Self {
        let gender = |code: &str, name: &str| (code.to_owned(), name.to_owned());
        Self {
            token_life: Duration::from_secs(3600),
            expires_in: ExpiresIn::Told,
            consent: Consent::Given,
            unauthorised: Unauthorised::Oauth,
            calls_per_minute: Some(1000),
            retry_after: RetryAfter::Seconds,
            put_answer: PutAnswer::Entity,
            stored_text: StoredText::AsSent,
            altered: &[],
            null: Null::Empties,
            create_answer: CreateAnswer::Created,
            nested_create: NestedCreate::Honoured,
            overlong_page: OverlongPage::Clipped,
            extra_properties: ExtraProperties::None,
            byte_order_mark: ByteOrderMark::Absent,
            upgrade: UpgradedId::Kept,
            address_edit: AddressEdit::Alone,
            country_codes: CountryCodes::TwoLetters,
            webhook_registration: WebhookRegistration::Likely,
            dates: Dates::Told,
            read_lag: Duration::ZERO,
            visibility: Visibility::Everything,
            refused_text: None,
            text_equality: TextEquality::CaseSensitive,
            unordered: Unordered::Stable,
            expanded_rows: ExpandedRows::Once,
            parent: ParentRelation::Defaulted,
            first_mutation_date: FirstMutationDate::AtCreation,
            address_follow_up: None,
            signature_header: "X-Tribe-Signature".to_owned(),
            envelope: Envelope::WithEntityType,
            function_property: "Function".to_owned(),
            genders: vec![gender("Male", "Man"), gender("Female", "Vrouw"), gender("Other", "Anders")],
            own_countries: Vec::new(),
            custom_types: vec![
                CustomType {
                    key: Guid::from_bits(0xe0d6_534a_cc84_4cf7_bdc5_d32f_9311_c09e),
                    name: "Wederpartij".to_owned(),
                    holders: Holders::Both,
                },
                CustomType {
                    key: Guid::from_bits(0x3c1f_7a52_08d4_4b6e_9a11_5e0b_7d2c_4f90),
                    name: "Opdrachtgever".to_owned(),
                    holders: Holders::Both,
                },
                CustomType {
                    key: Guid::from_bits(0xa4d8_1060_844e_4c39_b7f2_16c5_90ee_2b7d),
                    name: "Tussenpersoon".to_owned(),
                    holders: Holders::Organisations,
                },
            ],
            custom_fields: Vec::new(),
        }
    }
}

/// A relation type that the tenant made. Its entity set is named by the GUID. Tribe: seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomType {
    /// The API name.
    pub key: Guid,
    /// The name on the screen; in `$metadata` the annotation `Org.OData.Core.V1.Description`. Tribe: assumed.
    pub name: String,
    /// Who can have this type.
    pub holders: Holders,
}

/// Who can have a relation type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holders {
    /// Organisations only.
    Organisations,
    /// Persons only.
    Persons,
    /// Either.
    Both,
}

/// A text field that the tenant made. Tribe: seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    /// The API name.
    pub key: Guid,
    /// The name on the screen.
    pub name: String,
}

/// What a token answer says of a token's life. Tribe: documented that it says seconds, unknown how many.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpiresIn {
    /// How long it lives.
    Told,
    /// Nothing.
    Absent,
    /// Something else.
    Says(Value),
}

/// What a user on the login page does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Consents to everything that is asked.
    Given,
    /// Consents, but the application may not have `offline`: no refresh token comes. Tribe: seen that it depends on that.
    WithoutOffline,
    /// Refuses.
    Denied,
}

/// What a call without a living token gets. Tribe: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unauthorised {
    /// 401 with `WWW-Authenticate` and an OAuth error.
    Oauth,
    /// 401 with an OData error.
    Json,
    /// 401 with a page.
    Html,
    /// 401 and nothing else.
    Empty,
    /// 403 with an OData error.
    Forbidden,
}

impl Unauthorised {
    /// Every shape.
    pub const ALL: [Self; 5] = [Self::Oauth, Self::Json, Self::Html, Self::Empty, Self::Forbidden];
}

/// What a 429 tells about waiting. Tribe: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// Nothing.
    None,
    /// A number of seconds.
    Seconds,
    /// An HTTP date.
    Date,
}

/// What a successful `PUT` answers. Tribe: seen handled both ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutAnswer {
    /// 200 and the entity.
    Entity,
    /// 204 and nothing.
    NoContent,
}

/// Whether text is stored as it was sent. Tribe: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredText {
    /// It is.
    AsSent,
    /// It is made neat: trimmed, a postcode in capitals, a telephone number as international, `BV` without points.
    MadeNeat,
}

/// Whether a null that the API sends empties a property. Tribe: inferred that it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// It does.
    Empties,
    /// It is answered as a success, and the property keeps its value.
    IsPassedOver,
}

/// What a successful `POST` of a new record answers, with the entity. Tribe: inferred (201), seen assumed (200).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateAnswer {
    /// 201.
    Created,
    /// 200.
    Ok,
}

/// What `$top` above a hundred does. Tribe: documented is the hundred, unknown the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverlongPage {
    /// A hundred rows come.
    Clipped,
    /// 400.
    Refused,
}

/// What an answer holds beside what is known. Tribe: seen (new properties appear over the years).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtraProperties {
    /// Nothing.
    None,
    /// Annotations, and members of every JSON type that nobody asked for.
    Some,
}

/// What `_UpgradeType` does to the id of a relationship. Tribe: unknown, inferred to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradedId {
    /// The same relationship becomes of the other type.
    Kept,
    /// A new one comes in its place.
    Changed,
}

/// Whether an edit of an address moves the stamp of whose it is. Tribe: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressEdit {
    /// It moves its own stamp only.
    Alone,
    /// It moves both.
    MovesOwner,
}

/// What `Code` says in `Datastore_Country`. Tribe: inferred to be ISO 3166 alpha-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountryCodes {
    /// `NL`.
    TwoLetters,
    /// A number; only the name tells the country.
    Numbers,
}

/// What registering a webhook takes. Tribe: documented that it can be done, unknown how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookRegistration {
    /// `url`, `entityType`, `secret` and `headers`.
    Likely,
    /// Members of other names: 400.
    Otherwise,
    /// Nothing is refused, and nothing is registered.
    Silent,
}

/// What a nested object without `ID` does. Tribe: documented for to-one links of relationships.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NestedCreate {
    /// It is created and linked.
    Honoured,
    /// A relation inside a relationship is, as documented; an address inside a relation is left out without a word.
    RelationsOnly,
    /// It is left out without a word.
    Ignored,
    /// As `Ignored`, and a relationship is made without the relation that it demands.
    LeftBehind,
    /// The whole write is refused with 400.
    Refused,
}

/// Whether `eq` and `ne` on text tell capitals apart. Tribe: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEquality {
    /// They do.
    CaseSensitive,
    /// They do not.
    CaseInsensitive,
}

/// What the API client may see. Tribe: inferred (results are limited by the rights of the client's user).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Every record.
    Everything,
    /// What the tenant had from the start: lists are empty otherwise, and a record that is asked for is not found. So it
    /// is after rights were taken away, or while an index is built anew.
    OnlyTheTenant,
}

/// A text that a tenant refuses, as a rule of an administrator or a length may. Tribe: unknown (such rules and how they
/// are answered).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedText {
    /// What a refused text holds.
    pub word: String,
    /// Whether the refusal names the property.
    pub names_it: bool,
}

/// What a list without a total order looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unordered {
    /// In the order in which the records were made.
    Stable,
    /// Otherwise at every call, so that pages repeat rows and miss others. Tribe: seen.
    Shuffled,
    /// As `Shuffled`, and within one answer too.
    Repeating,
}

/// How often a row comes in a list that expands something beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpandedRows {
    /// Once.
    Once,
    /// Once for each record that is expanded, and `$top` counts them all. Pages, which skip, are spared.
    ForEachExpanded,
}

/// Whether a commercial relationship must name its parent. Tribe: inferred to be defaulted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParentRelation {
    /// Without it: 400.
    Required,
    /// Without it: the tenant's own organisation.
    Defaulted,
}

/// What `LastMutationDate` says on a record that was never edited. Tribe: inferred that it may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstMutationDate {
    /// The same as `CreationDate`.
    AtCreation,
    /// Null.
    NullUntilEdited,
}

/// What a delivery tells beside the id. Tribe: unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Envelope {
    /// Also `entityType`.
    WithEntityType,
    /// Nothing, not even what happened.
    IdsOnly,
}
