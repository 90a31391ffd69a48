//! What every type of entity is made of: the types of properties, and what the API allows.

/// The types of properties that Tribe's entities have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edm {
    Guid,
    Text,
    Double,
    Int32,
    Int64,
    Truth,
    Moment,
    Date,
}

impl Edm {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Guid => "Edm.Guid",
            Self::Text => "Edm.String",
            Self::Double => "Edm.Double",
            Self::Int32 => "Edm.Int32",
            Self::Int64 => "Edm.Int64",
            Self::Truth => "Edm.Boolean",
            Self::Moment => "Edm.DateTimeOffset",
            Self::Date => "Edm.Date",
        }
    }
}

/// What the API allows with entities of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read and update by id; nothing can be created. Tribe: documented.
    Abstract,
    /// Everything.
    Full,
    /// Read.
    ReadOnly,
}
