//! `$metadata`: the schema as XML CSDL. Tribe: documented (custom types and fields included).
//!
//! The name on the screen of a custom type or field is the annotation `Org.OData.Core.V1.Description`. Tribe: assumed.

use std::fmt::Write;

use super::character::Character;
use super::edm::Access;
use super::model::{Kind, Model, Navigation};

/// The whole document.
pub(super) fn document(model: &Model, character: &Character) -> String {
    let mut xml = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8"?>"#,
        r#"<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>"#,
        r#"<Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="OData">"#,
    ));
    for (kind, _) in model.types() {
        entity_type(&mut xml, model, character, kind);
    }
    xml.push_str(r#"<Function Name="GetCurrentEmployee"><ReturnType Type="OData.Relationship_Person_Contact_Employee"/></Function>"#);
    xml.push_str(r#"<EntityContainer Name="Container">"#);
    for (_, entity_type) in model.types() {
        // Writing to a String cannot fail.
        let _ = write!(xml, r#"<EntitySet Name="{0}" EntityType="OData.{0}"/>"#, entity_type.set);
    }
    xml.push_str(concat!(
        r#"<FunctionImport Name="GetCurrentEmployee" Function="OData.GetCurrentEmployee" "#,
        r#"EntitySet="Relationship_Person_Contact_Employee"/>"#,
        "</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>",
    ));
    xml
}

fn entity_type(xml: &mut String, model: &Model, character: &Character, kind: Kind) {
    let entity_type = model.entity_type(kind);
    let _ = write!(xml, r#"<EntityType Name="{}""#, entity_type.set);
    if let Some(base) = entity_type.base {
        let _ = write!(xml, r#" BaseType="{}""#, model.entity_type(base).qualified());
    }
    if entity_type.access == Access::Abstract {
        xml.push_str(r#" Abstract="true""#);
    }
    xml.push('>');
    if entity_type.declares("ID") {
        xml.push_str(r#"<Key><PropertyRef Name="ID"/></Key>"#);
    }
    for (name, edm) in entity_type.properties.iter().filter(|(name, _)| entity_type.declares(name)) {
        let nullable = if name == "ID" || entity_type.required.contains(name) { r#" Nullable="false""# } else { "" };
        let _ = write!(xml, r#"<Property Name="{name}" Type="{}"{nullable}"#, edm.name());
        match character.custom_fields.iter().find(|field| field.key.wire_name() == *name) {
            Some(field) => {
                xml.push('>');
                description(xml, &field.name);
                xml.push_str("</Property>");
            }
            None => xml.push_str("/>"),
        }
    }
    for (name, navigation) in entity_type.navigations.iter().filter(|(name, _)| entity_type.declares(name)) {
        let target = model.entity_type(navigation.target()).qualified();
        let target = match navigation {
            Navigation::ToOne { .. } => target,
            Navigation::ToMany { .. } => format!("Collection({target})"),
        };
        let _ = write!(xml, r#"<NavigationProperty Name="{name}" Type="{target}"/>"#);
    }
    if let Some(label) = &entity_type.label {
        description(xml, label);
    }
    xml.push_str("</EntityType>");
}

fn description(xml: &mut String, text: &str) {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let _ = write!(xml, r#"<Annotation Term="Org.OData.Core.V1.Description" String="{escaped}"/>"#);
}
