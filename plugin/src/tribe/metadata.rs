//! The tenant's schema: which types and properties exist, those that an administrator made among them.

use litemap::LiteMap;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};

use crate::relation::TribeId;
use crate::set::Set;
use crate::tribe::RelationKind;

/// The schema could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the schema is not understood")]
pub struct MetadataError;

#[derive(Clone, Debug, Default)]
struct EntityType {
    base: Option<String>,
    /// By name, with the type. A navigation property has that of what it leads to.
    properties: LiteMap<String, Option<String>>,
    label: Option<String>,
}

/// An entity model in CSDL (XML). Tribe: documented.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    types: LiteMap<String, EntityType>,
    sets: LiteMap<String, String>,
}

impl Metadata {
    /// Reads the answer to `$metadata`.
    pub fn parse(xml: &[u8]) -> Result<Self, MetadataError> {
        let mut reader = Reader::from_reader(xml);
        let mut metadata = Self::default();
        let mut current: Option<(String, EntityType)> = None;
        // Annotations of a property are nested in it; only those of the type itself name the type.
        let mut depth_in_type = 0_u32;
        // The text of an annotation that names the type, while it is read.
        let mut label: Option<String> = None;
        loop {
            match reader.read_event().map_err(|_| MetadataError)? {
                Event::Eof => break,
                Event::Start(tag) => {
                    if tag.local_name().as_ref() == "EntityType" {
                        current = Some(entity_type(&tag)?);
                        depth_in_type = 0;
                    } else if current.is_some() {
                        if depth_in_type == 0 && is_label(&tag)? {
                            label = Some(String::new());
                        }
                        metadata.take(&tag, &mut current, depth_in_type)?;
                        depth_in_type += 1;
                    } else {
                        metadata.take(&tag, &mut current, 0)?;
                    }
                }
                Event::Empty(tag) => {
                    if tag.local_name().as_ref() == "EntityType" {
                        let (name, empty) = entity_type(&tag)?;
                        metadata.types.insert(name, empty);
                    } else {
                        metadata.take(&tag, &mut current, depth_in_type)?;
                    }
                }
                Event::End(tag) => {
                    if tag.local_name().as_ref() == "EntityType" {
                        if let Some((name, entity_type)) = current.take() {
                            metadata.types.insert(name, entity_type);
                        }
                    } else {
                        depth_in_type = depth_in_type.saturating_sub(1);
                        if depth_in_type == 0
                            && let (Some(label), Some((_, entity_type))) = (label.take(), &mut current)
                            && !label.trim().is_empty()
                        {
                            entity_type.label = Some(label.trim().to_owned());
                        }
                    }
                }
                Event::Text(text) => {
                    if let Some(label) = &mut label {
                        label.push_str(&text.xml10_content());
                    }
                }
                Event::GeneralRef(name) => {
                    if let Some(label) = &mut label {
                        label.extend(name.resolve_char_ref().map_err(|_| MetadataError)?);
                        label.push_str(resolve_xml_entity(&name.xml10_content()).unwrap_or_default());
                    }
                }
                _ => {}
            }
        }
        if metadata.sets.is_empty() { Err(MetadataError) } else { Ok(metadata) }
    }

    /// Whether that set exists.
    pub fn has_set(&self, set: &str) -> bool {
        self.sets.contains_key(set)
    }

    /// Whether the type of that set has a property or navigation property of that name, itself or inherited.
    pub fn has_property(&self, set: &str, property: &str) -> bool {
        self.lineage(set).any(|entity_type| entity_type.properties.contains_key(property))
    }

    /// The type of a property of that set, as the schema has it: `Edm.String`; none if it is not told.
    pub(super) fn property_type(&self, set: &str, property: &str) -> Option<&str> {
        self.lineage(set).find_map(|entity_type| entity_type.properties.get(property))?.as_deref()
    }

    /// The properties of the type of that set, itself or inherited, with one of these words in their names (given in
    /// lower case). Sorted.
    pub fn properties_like(&self, set: &str, words: &[&str]) -> Vec<String> {
        let like = |name: &&String| words.iter().any(|word| name.to_lowercase().contains(word));
        let all = self.lineage(set).flat_map(|entity_type| entity_type.properties.keys());
        all.filter(like).cloned().collect::<Set<_>>().into_iter().collect()
    }

    /// The relation types that an administrator made, with the kind of relation that each is for and its name.
    pub fn custom_relation_types(&self) -> Vec<(TribeId, RelationKind, Option<String>)> {
        let kinds = [RelationKind::Organization, RelationKind::Person];
        let custom = self.sets.keys().filter_map(|set| Some((set, custom_id(set)?)));
        custom
            .flat_map(|(set, id)| {
                let fitting = kinds.into_iter().filter(|kind| self.has_property(set, kind.navigation()));
                fitting.map(move |kind| (id.clone(), kind, self.label(set)))
            })
            .collect()
    }

    fn label(&self, set: &str) -> Option<String> {
        self.lineage(set).next()?.label.clone()
    }

    /// The type of a set and the types that it derives from.
    fn lineage(&self, set: &str) -> impl Iterator<Item = &EntityType> {
        let first = self.sets.get(set).and_then(|name| self.types.get(local(name)));
        // Bounded, since nothing keeps a wrong schema from deriving from itself.
        std::iter::successors(first, |entity_type| self.types.get(local(entity_type.base.as_deref()?))).take(32)
    }

    fn take(
        &mut self,
        tag: &BytesStart<'_>,
        current: &mut Option<(String, EntityType)>,
        depth_in_type: u32,
    ) -> Result<(), MetadataError> {
        match (tag.local_name().as_ref(), current) {
            ("Property" | "NavigationProperty", Some((_, entity_type))) => {
                if let Some(name) = attribute(tag, "Name")? {
                    entity_type.properties.insert(name, attribute(tag, "Type")?);
                }
            }
            ("Annotation", Some((_, entity_type))) if depth_in_type == 0 && is_label(tag)? => {
                entity_type.label = attribute(tag, "String")?.or(entity_type.label.take());
            }
            ("EntitySet", None) => {
                if let (Some(name), Some(entity_type)) = (attribute(tag, "Name")?, attribute(tag, "EntityType")?) {
                    self.sets.insert(name, entity_type);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether an annotation names what it stands in. Tribe: assumed. A custom type's Dutch name must stand somewhere, and
/// this is OData's place for it: as an attribute, or as an element (Olingo).
fn is_label(tag: &BytesStart<'_>) -> Result<bool, MetadataError> {
    let term = attribute(tag, "Term")?.unwrap_or_default();
    let names = term.ends_with("Description") || term.ends_with("Label") || term.ends_with("DisplayName");
    Ok(tag.local_name().as_ref() == "Annotation" && names)
}

fn entity_type(tag: &BytesStart<'_>) -> Result<(String, EntityType), MetadataError> {
    let name = attribute(tag, "Name")?.ok_or(MetadataError)?;
    Ok((name, EntityType { base: attribute(tag, "BaseType")?, ..EntityType::default() }))
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, MetadataError> {
    let attribute = tag.try_get_attribute(name).map_err(|_| MetadataError)?;
    attribute
        .map(|attribute| {
            attribute
                .normalized_value(quick_xml::XmlVersion::Explicit1_0)
                .map(std::borrow::Cow::into_owned)
                .map_err(|_| MetadataError)
        })
        .transpose()
}

/// A type's name without its namespace.
fn local(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, local)| local)
}

/// The GUID behind the name of a set that an administrator made.
fn custom_id(set: &str) -> Option<TribeId> {
    TribeId::parse(&set.strip_prefix('_').unwrap_or(set).replace("__", "-"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SCHEMA: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>
<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="OData">
  <EntityType Name="Entity"><Property Name="ID" Type="Edm.Guid"/><Property Name="ImportId" Type="Edm.String"/></EntityType>
  <EntityType Name="Relationship_Person" BaseType="OData.Entity"><NavigationProperty Name="Person" Type="OData.Relation_Person"/></EntityType>
  <EntityType Name="e0d6534a__cc84__4cf7__bdc5__d32f9311c09e" BaseType="OData.Relationship_Person">
    <Annotation Term="Core.Description" String="Wederpartij &amp; co"/>
    <Property Name="Extra" Type="Edm.String"><Annotation Term="Core.Description" String="not this"/></Property>
  </EntityType>
  <EntityContainer Name="Container">
    <EntitySet Name="Entity" EntityType="OData.Entity"/>
    <EntitySet Name="e0d6534a__cc84__4cf7__bdc5__d32f9311c09e" EntityType="OData.e0d6534a__cc84__4cf7__bdc5__d32f9311c09e"/>
  </EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"#;

    #[test]
    fn properties_are_found_on_a_type_and_on_what_it_derives_from() {
        let metadata = Metadata::parse(SCHEMA.as_bytes()).unwrap();
        let custom = "e0d6534a__cc84__4cf7__bdc5__d32f9311c09e";
        assert!(metadata.has_property(custom, "Extra") && metadata.has_property(custom, "ImportId"));
        assert!(!metadata.has_property("Entity", "Extra") && !metadata.has_set("Relation"));
        assert_eq!(metadata.property_type(custom, "ImportId"), Some("Edm.String"));
        assert_eq!(metadata.property_type(custom, "NoSuch"), None);
    }

    #[test]
    fn a_custom_relation_type_is_known_by_its_id_its_kind_and_its_name() {
        let metadata = Metadata::parse(SCHEMA.as_bytes()).unwrap();
        let id = TribeId::parse("e0d6534a-cc84-4cf7-bdc5-d32f9311c09e").unwrap();
        let expected = (id, RelationKind::Person, Some("Wederpartij & co".to_owned()));
        assert_eq!(metadata.custom_relation_types(), [expected]);
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        for text in ["", "<html><body>Maintenance</body></html>", "<a", "{}"] {
            assert!(Metadata::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
