//! What is asked of a tenant as a whole: who it is, its schema, its datastores, whether it was linked before.

use litemap::LiteMap;

use crate::answer::Failure;
use crate::relation::TribeId;
use crate::tribe::client::{Client, PAGE_SIZE};
use crate::tribe::entity::Entity;
use crate::tribe::metadata::Metadata;
use crate::tribe::query::{self, Query};
use crate::tribe::record::Record;

impl Client<'_> {
    /// The relation that is the tenant itself: the parent of every commercial relationship. Tribe: documented.
    pub fn own_organisation(&self) -> Result<TribeId, Failure> {
        let query = Query::on("Relationship_Organization_Identity")
            .with("$select", "ID")
            .with("$expand", "Relation($select=ID)")
            .finish();
        let list = self.list(query)?.0;
        let own = list.rows.into_iter().next().map(Record::new).transpose()?;
        own.and_then(|own| own.linked("Relation")).ok_or(Failure::NotUnderstood)
    }

    /// Whether the login may ask who it is. Tribe: documented.
    pub fn current_employee(&self) -> Result<(), Failure> {
        self.get("GetCurrentEmployee".to_owned()).map(drop)
    }

    /// The tenant's schema. Tribe: documented.
    pub fn metadata(&self) -> Result<Metadata, Failure> {
        let response = self.get("$metadata".to_owned())?;
        Metadata::parse(&response.body).map_err(|_| Failure::NotUnderstood)
    }

    /// Every row of a datastore. Tribe: documented (`ID`, `Code`, `Name`, `LocalizedName`).
    pub fn datastore(&self, set: &str) -> Result<Vec<Record>, Failure> {
        let mut rows: LiteMap<TribeId, Record> = LiteMap::new();
        let mut skip = 0;
        loop {
            let query = Query::on(set)
                .with("$select", "ID,Code,Name,LocalizedName")
                .with("$orderby", "ID")
                .with("$top", &PAGE_SIZE.to_string())
                .with("$skip", &skip.to_string())
                .with("$count", "true")
                .finish();
            let list = self.list(query)?.0;
            let (known, length) = (rows.len(), list.rows.len());
            skip += length;
            for value in list.rows {
                let row = Record::new(value)?;
                rows.insert(row.id().clone(), row);
            }
            if list.count == Some(rows.len()) {
                return Ok(rows.into_iter().map(|(_, row)| row).collect());
            }
            // Nothing new and yet not all of it: half a table would make values unknown that are not (F44).
            if rows.len() == known {
                let whole = list.count.is_none();
                return if whole {
                    Ok(rows.into_iter().map(|(_, row)| row).collect())
                } else {
                    Err(Failure::NotUnderstood)
                };
            }
        }
    }

    /// Whether any organisation or person bears a marker that begins so. Tribe: documented (`startswith`).
    pub fn has_markers(&self, prefix: &str) -> Result<bool, Failure> {
        Ok(self.is_marked(Entity::Organization.set(), prefix)? || self.is_marked(Entity::Person.set(), prefix)?)
    }

    /// The same of relationships of every type. Tribe: documented (the set of their base type).
    pub fn has_marked_relationships(&self, prefix: &str) -> Result<bool, Failure> {
        self.is_marked("Relationship", prefix)
    }

    fn is_marked(&self, set: &str, prefix: &str) -> Result<bool, Failure> {
        let filter = query::begins_with(&self.settings().marker_property, prefix);
        let query = Query::on(set).with("$select", "ID").with("$filter", &filter).with("$top", "1").finish();
        Ok(!self.list(query)?.0.rows.is_empty())
    }
}
