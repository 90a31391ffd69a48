//! The office: who it is, its key, and its relation types.

/// The relation types of the stand-in: id and name.
pub const RELATIETYPEN: [(&str, &str); 6] = [
    ("client", "Cliënt"),
    ("advocaat", "Advocaat"),
    ("wederpartij", "Wederpartij"),
    ("rvr", "Raad voor Rechtsbijstand"),
    ("betalende-partij", "Betalende partij"),
    ("leverancier", "Leverancier"),
];

/// One law firm in AdvocaatCentraal.
#[derive(Clone)]
pub struct Office {
    /// The `administratienummer`, as it stands in every path.
    pub number: String,
    /// The name that the office's own address tells.
    pub name: String,
    /// The API key.
    pub key: String,
    /// The header that carries the key (A2), on the assumed wire.
    pub key_header: String,
    /// The user that goes with the key, on the ledger's wire.
    pub user: String,
}

impl Default for Office {
    fn default() -> Self {
        Self {
            number: "12345".to_owned(),
            name: "Voorbeeld Advocaten".to_owned(),
            key: "sandbox-key".to_owned(),
            key_header: "X-Api-Key".to_owned(),
            user: "koppeling".to_owned(),
        }
    }
}
