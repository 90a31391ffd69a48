//! docs/settings.md names exactly the settings, and the fields, that the code knows.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;

use repository_checks::sources::repository;
use syn::{Expr, Fields, Item, Lit};

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

fn items(path: &str) -> Vec<Item> {
    syn::parse_file(&read(path)).unwrap().items
}

/// The names between backticks in that column of the table of settings.
fn column(at: usize) -> BTreeSet<String> {
    let text = read("docs/settings.md");
    let table =
        text.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|'));
    let cells = table.map(|line| line.split('|').nth(at).unwrap().trim().to_owned());
    let names = cells.filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`').map(str::to_owned));
    names.map(|name| name.trim_matches(['[', ']']).to_owned()).collect()
}

#[test]
fn the_connectors_settings_are_those_of_the_table() {
    let names = items("plugin/src/settings.rs").into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "name" => module.content,
        _ => None,
    });
    let known: BTreeSet<String> = names
        .unwrap()
        .1
        .into_iter()
        .filter_map(|item| match item {
            Item::Const(item) => text_of(&item.expr),
            _ => None,
        })
        .collect();
    assert!(known.len() > 10);
    assert_eq!(column(1), known);
}

fn text_of(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

#[test]
fn the_keys_of_the_settings_file_are_those_of_the_table() {
    let shape = items("host-harness/src/settings/file.rs").into_iter().find_map(|item| match item {
        Item::Struct(item) if item.ident == "Text" => Some(item.fields),
        _ => None,
    });
    let Some(Fields::Named(fields)) = shape else { panic!("the shape of office.toml is not found") };
    let known: BTreeSet<String> =
        fields.named.iter().map(|field| field.ident.as_ref().unwrap().to_string().replace('_', "-")).collect();
    assert!(known.len() > 10);
    assert_eq!(column(2), known);
}

#[test]
fn the_fields_are_those_of_the_mapping() {
    let tables = read("plugin/src/mapping/tables.rs");
    let tables = tables.split("#[cfg(test)]").next().unwrap();
    let quoted = |after: &str| -> BTreeSet<String> {
        tables.split(after).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
    };
    let parts: Vec<String> = quoted("$name, \"").into_iter().collect();
    assert_eq!(parts.len(), 5, "the parts of an address: {parts:?}");
    let addresses = quoted("address!(\"");
    let of_addresses = addresses.iter().flat_map(|address| parts.iter().map(move |part| format!("{address}{part}")));
    let by_constant = quoted("FIELD: &str = \"");
    let known: BTreeSet<String> = quoted("row(\"").into_iter().chain(by_constant).chain(of_addresses).collect();
    let document = read("docs/settings.md");
    let listed = document.split("## Fields").nth(1).unwrap();
    let rows = listed.lines().filter(|line| line.starts_with('|'));
    let listed: BTreeSet<String> =
        rows.flat_map(|line| line.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    assert!(listed.len() > 30);
    assert_eq!(listed, known);
}
