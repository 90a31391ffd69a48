//! From a path in a module to the file that defines what it names.

use std::collections::BTreeSet;

use super::modules::{Binding, ModuleId, Modules};

/// A name, in the module that defines it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Definition {
    /// Where.
    pub module: ModuleId,
    /// Its own name there.
    pub name: String,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A module, whole.
    Module(ModuleId),
    /// A definition, and what of the path is left behind it: a variant, a method.
    Item(Definition, Vec<String>),
}

/// The imports that are followed at the moment, and for which name: two globs may name each other.
type Seen = BTreeSet<(ModuleId, String, Vec<String>)>;

impl Modules {
    /// What a path means in a module. Nothing for what other crates define.
    pub(super) fn resolve(&self, from: ModuleId, path: &[String]) -> Vec<Found> {
        self.resolve_seen(from, path, &mut Seen::new())
    }

    fn resolve_seen(&self, from: ModuleId, path: &[String], seen: &mut Seen) -> Vec<Found> {
        let Some((first, rest)) = path.split_first() else { return vec![Found::Module(from)] };
        match first.as_str() {
            "crate" | "$crate" => self.follow(Found::Module(Self::ROOT), rest, seen),
            "self" => self.follow(Found::Module(from), rest, seen),
            "super" => {
                let Some(parent) = self.get(from).parent else { return Vec::new() };
                let rest_is_above = rest.first().is_some_and(|next| next == "super");
                if rest_is_above {
                    self.resolve_seen(parent, rest, seen)
                } else {
                    self.follow(Found::Module(parent), rest, seen)
                }
            }
            name => {
                let found = self.look_up(from, name, seen);
                self.go_on(found, rest, seen)
            }
        }
    }

    fn follow(&self, found: Found, rest: &[String], seen: &mut Seen) -> Vec<Found> {
        let module = match found {
            Found::Module(module) => module,
            Found::Item(definition, mut left) => {
                left.extend_from_slice(rest);
                return vec![Found::Item(definition, left)];
            }
        };
        let Some((name, rest)) = rest.split_first() else { return vec![Found::Module(module)] };
        let mut all = self.look_up(module, name, seen);
        if all.is_empty() && self.get(module).makes_items {
            all.push(Found::Item(Definition { module, name: name.clone() }, Vec::new()));
        }
        self.go_on(all, rest, seen)
    }

    /// A module and a function may share a name; a path that goes on goes through the module.
    fn go_on(&self, all: Vec<Found>, rest: &[String], seen: &mut Seen) -> Vec<Found> {
        let (modules, items): (Vec<_>, Vec<_>) = all.into_iter().partition(|found| matches!(found, Found::Module(_)));
        let mut led: Vec<Found> = modules.into_iter().flat_map(|found| self.follow(found, rest, seen)).collect();
        if led.is_empty() || rest.is_empty() {
            led.extend(items.into_iter().flat_map(|found| self.follow(found, rest, seen)));
        }
        led
    }

    fn look_up(&self, module: ModuleId, name: &str, seen: &mut Seen) -> Vec<Found> {
        let here = self.get(module);
        let mut found = Vec::new();
        for binding in here.names.get(name).into_iter().flatten() {
            match binding {
                Binding::Item => found.push(Found::Item(Definition { module, name: name.to_owned() }, Vec::new())),
                Binding::Module(child) => found.push(Found::Module(*child)),
                Binding::Import(path) => {
                    found.extend(once(module, name, path, seen, |seen| self.resolve_seen(module, path, seen)))
                }
            }
        }
        if found.is_empty() {
            for glob in &here.globs {
                found.extend(once(module, name, glob, seen, |seen| {
                    let through = self.resolve_seen(module, glob, seen);
                    through.into_iter().flat_map(|through| self.look_up_through(through, name, seen)).collect()
                }));
            }
        }
        found
    }

    fn look_up_through(&self, glob: Found, name: &str, seen: &mut Seen) -> Vec<Found> {
        match glob {
            Found::Module(module) => self.look_up(module, name, seen),
            Found::Item(definition, left) => {
                let variants = self.get(definition.module).variants.get(&definition.name);
                let has = left.is_empty() && variants.is_some_and(|all| all.iter().any(|variant| variant == name));
                if has { vec![Found::Item(definition, vec![name.to_owned()])] } else { Vec::new() }
            }
        }
    }
}

/// Follows an import, unless it is being followed for that name already.
fn once(
    module: ModuleId,
    name: &str,
    path: &[String],
    seen: &mut Seen,
    follow: impl FnOnce(&mut Seen) -> Vec<Found>,
) -> Vec<Found> {
    let key = (module, name.to_owned(), path.to_owned());
    if !seen.insert(key.clone()) {
        return Vec::new();
    }
    let found = follow(seen);
    seen.remove(&key);
    found
}
