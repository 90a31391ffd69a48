//! Types, their fields and methods, and the file in which each stands.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Fields, FnArg, GenericArgument, ImplItem, Item, ItemImpl, PathArguments, ReturnType, TraitItem, Type};

use super::modules::{ModuleId, Modules, attributes, is_for_tests, plain};
use super::paths::{Definition, Found};

/// Wrappers that are looked through: what is called is called on what they hold.
const WRAPPERS: [&str; 10] =
    ["Arc", "Box", "Cow", "ManuallyDrop", "MutexGuard", "Option", "Rc", "Ref", "RefMut", "Result"];

/// Methods that the standard library's own types have: such a call says nothing of whose it is.
const COMMON: [&str; 64] = [
    "all",
    "any",
    "as_ref",
    "as_str",
    "bytes",
    "chars",
    "clear",
    "clone",
    "close",
    "cmp",
    "collect",
    "contains",
    "contains_key",
    "count",
    "drain",
    "enter",
    "entry",
    "eq",
    "expect",
    "extend",
    "filter",
    "find",
    "first",
    "flush",
    "fmt",
    "fold",
    "get",
    "get_mut",
    "hash",
    "insert",
    "into_inner",
    "is_empty",
    "is_none",
    "is_some",
    "iter",
    "join",
    "keys",
    "last",
    "len",
    "lock",
    "map",
    "max",
    "min",
    "next",
    "parse",
    "pop",
    "position",
    "push",
    "read",
    "remove",
    "replace",
    "retain",
    "run",
    "send",
    "set",
    "skip",
    "sort",
    "split",
    "start",
    "take",
    "text",
    "unwrap",
    "values",
    "write",
];

/// A method, where it stands.
struct Method {
    /// Its `impl`'s module.
    module: ModuleId,
    /// What it returns.
    returns: Option<Type>,
}

/// What is known of the types of a crate.
#[derive(Default)]
pub(super) struct Types {
    fields: BTreeMap<Definition, BTreeMap<String, Type>>,
    methods: BTreeMap<(Definition, String), Method>,
    /// The files of a type and of its inherent `impl`s.
    files: BTreeMap<Definition, BTreeSet<String>>,
    /// The types with an inherent method by a name.
    owners: BTreeMap<String, BTreeSet<Definition>>,
    /// Methods by traits.
    of_traits: BTreeSet<String>,
}

impl Types {
    /// Looks through every module.
    pub(super) fn of(modules: &Modules) -> Self {
        let mut types = Self::default();
        for (module, here) in modules.all() {
            for item in &here.items {
                match item {
                    Item::Struct(item) => {
                        types.add_fields(Definition { module, name: plain(&item.ident) }, &item.fields);
                    }
                    Item::Trait(item) => {
                        for item in &item.items {
                            if let TraitItem::Fn(method) = item {
                                types.of_traits.insert(plain(&method.sig.ident));
                            }
                        }
                    }
                    Item::Impl(item) => types.add_impl(modules, module, item),
                    _ => {}
                }
            }
        }
        types
    }

    fn add_fields(&mut self, owner: Definition, fields: &Fields) {
        let fields = fields
            .iter()
            .enumerate()
            .map(|(at, field)| (field.ident.as_ref().map_or_else(|| at.to_string(), plain), field.ty.clone()));
        self.fields.insert(owner, fields.collect());
    }

    fn add_impl(&mut self, modules: &Modules, module: ModuleId, item: &ItemImpl) {
        let methods = item.items.iter().filter_map(|item| match item {
            ImplItem::Fn(method) if !method.attrs.iter().any(is_for_tests) => Some(method),
            _ => None,
        });
        if item.trait_.is_some() {
            self.of_traits.extend(methods.map(|method| plain(&method.sig.ident)));
            return;
        }
        let Some(owner) = definition_of(modules, module, None, &item.self_ty) else { return };
        let files = self.files.entry(owner.clone()).or_default();
        files.insert(modules.get(owner.module).file.clone());
        files.insert(modules.get(module).file.clone());
        for method in methods {
            let name = plain(&method.sig.ident);
            let returns = match &method.sig.output {
                ReturnType::Default => None,
                ReturnType::Type(_, returned) => Some((**returned).clone()),
            };
            self.owners.entry(name.clone()).or_default().insert(owner.clone());
            self.methods.insert((owner.clone(), name), Method { module, returns });
        }
    }

    /// The module of a method's `impl`, if its type's stand in several files.
    pub(super) fn spread(&self, owner: &Definition, method: &str) -> Option<ModuleId> {
        let is_spread = self.files.get(owner).is_some_and(|files| files.len() > 1);
        self.methods.get(&(owner.clone(), method.to_owned())).filter(|_| is_spread).map(|method| method.module)
    }

    /// The same where the receiver's type is not known: by the name, if that says enough. With the type.
    pub(super) fn spread_by_name(&self, method: &str) -> Option<(&Definition, ModuleId)> {
        let mut owners = self.owners.get(method)?.iter();
        let (Some(owner), None) = (owners.next(), owners.next()) else { return None };
        let says_enough = !self.of_traits.contains(method) && !COMMON.contains(&method);
        self.spread(owner, method).filter(|_| says_enough).map(|module| (owner, module))
    }

    /// The type of a field.
    pub(super) fn field(&self, modules: &Modules, owner: &Definition, field: &str) -> Option<Definition> {
        definition_of(modules, owner.module, None, self.fields.get(owner)?.get(field)?)
    }

    /// The type that a method returns, inside its wrappers.
    pub(super) fn returned(&self, modules: &Modules, owner: &Definition, method: &str) -> Option<Definition> {
        let method = self.methods.get(&(owner.clone(), method.to_owned()))?;
        definition_of(modules, method.module, Some(owner), method.returns.as_ref()?)
    }
}

/// The crate's own type that a type is, inside references and wrappers.
pub(super) fn definition_of(
    modules: &Modules,
    module: ModuleId,
    own: Option<&Definition>,
    written: &Type,
) -> Option<Definition> {
    let path = match written {
        Type::Reference(reference) => return definition_of(modules, module, own, &reference.elem),
        Type::Paren(inner) => return definition_of(modules, module, own, &inner.elem),
        Type::Group(inner) => return definition_of(modules, module, own, &inner.elem),
        Type::Path(path) => &path.path,
        _ => return None,
    };
    if path.is_ident("Self") {
        return own.cloned();
    }
    let names: Vec<String> = path.segments.iter().map(|segment| plain(&segment.ident)).collect();
    let found = modules.resolve(module, &names).into_iter().find_map(|found| match found {
        Found::Item(definition, left) if left.is_empty() => Some(definition),
        _ => None,
    });
    let last = path.segments.last()?;
    if found.is_some() || !WRAPPERS.contains(&plain(&last.ident).as_str()) {
        return found;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(inner) => definition_of(modules, module, own, inner),
        _ => None,
    })
}

/// The name and type of a parameter that has a plain name.
pub(super) fn parameter(argument: &FnArg) -> Option<(String, &Type)> {
    let FnArg::Typed(typed) = argument else { return None };
    let syn::Pat::Ident(pattern) = &*typed.pat else { return None };
    Some((plain(&pattern.ident), &typed.ty))
}

/// Whether an item is for tests.
pub(super) fn is_test(item: &Item) -> bool {
    attributes(item).iter().any(is_for_tests)
}
