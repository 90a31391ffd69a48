//! The tree of modules, and what each defines, imports and hands on.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, Meta, UseTree, Visibility};

use crate::sources::Sources;

/// A crate that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// A file is not Rust.
    #[error("{file}: {why}")]
    Syntax {
        /// Which.
        file: String,
        /// What the parser says.
        why: syn::Error,
    },
    /// A module has no file, or the crate has no root.
    #[error("{0} is not there")]
    Missing(String),
}

/// Where a module stands in [`Modules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ModuleId(usize);

/// A name that a module has.
#[derive(Clone, Debug)]
pub(super) enum Binding {
    /// It is defined here.
    Item,
    /// It is a module.
    Module(ModuleId),
    /// It is an import, by this path from here.
    Import(Vec<String>),
}

/// A module, and what stands in it.
pub(super) struct Module {
    /// Above it; none above the crate's root.
    pub parent: Option<ModuleId>,
    /// Its file.
    pub file: String,
    /// What its names mean; a module and a function may share one.
    pub names: BTreeMap<String, Vec<Binding>>,
    /// The paths of which every name is taken.
    pub globs: Vec<Vec<String>>,
    /// The paths that it imports for itself, and does not hand on.
    pub imports: Vec<Vec<String>>,
    /// The variants of its enums.
    pub variants: BTreeMap<String, Vec<String>>,
    /// Whether a macro stands where items do: it may make any name.
    pub makes_items: bool,
    /// Its items, but for modules.
    pub items: Vec<Item>,
}

/// Every module of a crate.
pub(super) struct Modules {
    all: Vec<Module>,
}

impl Modules {
    /// The root.
    pub(super) const ROOT: ModuleId = ModuleId(0);

    /// Reads a crate from its root file on.
    pub(super) fn read(sources: &Sources, root: &str) -> Result<Self, Unreadable> {
        let mut modules = Self { all: Vec::new() };
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        modules.read_file(sources, root, folder, None)?;
        Ok(modules)
    }

    /// Every module with its id.
    pub(super) fn all(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.all.iter().enumerate().map(|(at, module)| (ModuleId(at), module))
    }

    /// One of them.
    #[expect(clippy::indexing_slicing, reason = "an id is made by this tree alone, which never shrinks")]
    pub(super) fn get(&self, id: ModuleId) -> &Module {
        &self.all[id.0]
    }

    #[expect(clippy::indexing_slicing, reason = "an id is made by this tree alone, which never shrinks")]
    fn get_mut(&mut self, id: ModuleId) -> &mut Module {
        &mut self.all[id.0]
    }

    fn add(&mut self, file: &str, parent: Option<ModuleId>) -> ModuleId {
        self.all.push(Module {
            parent,
            file: file.to_owned(),
            names: BTreeMap::new(),
            globs: Vec::new(),
            imports: Vec::new(),
            variants: BTreeMap::new(),
            makes_items: false,
            items: Vec::new(),
        });
        ModuleId(self.all.len() - 1)
    }

    fn read_file(
        &mut self,
        sources: &Sources,
        file: &str,
        folder: &str,
        parent: Option<ModuleId>,
    ) -> Result<ModuleId, Unreadable> {
        let text = sources.get(file).ok_or_else(|| Unreadable::Missing(file.to_owned()))?;
        let parsed = syn::parse_file(text).map_err(|why| Unreadable::Syntax { file: file.to_owned(), why })?;
        let id = self.add(file, parent);
        self.read_items(sources, id, folder, parsed.items)?;
        Ok(id)
    }

    fn read_items(
        &mut self,
        sources: &Sources,
        id: ModuleId,
        folder: &str,
        items: Vec<Item>,
    ) -> Result<(), Unreadable> {
        for item in items {
            if attributes(&item).iter().any(is_for_tests) {
                continue;
            }
            if let Item::Mod(module) = item {
                let name = plain(&module.ident);
                let child = self.read_module(sources, id, folder, module)?;
                self.bind(id, &name, Binding::Module(child));
                continue;
            }
            let mut inner = InnerUses::default();
            inner.visit_item(&item);
            inner.found.iter().for_each(|import| self.import(id, import));
            self.define(id, &item);
            self.get_mut(id).items.push(item);
        }
        Ok(())
    }

    fn read_module(
        &mut self,
        sources: &Sources,
        parent: ModuleId,
        folder: &str,
        module: ItemMod,
    ) -> Result<ModuleId, Unreadable> {
        let name = plain(&module.ident);
        let below = join(folder, &name);
        let file = self.get(parent).file.clone();
        if let Some((_, items)) = module.content {
            let id = self.add(&file, Some(parent));
            self.read_items(sources, id, &below, items)?;
            return Ok(id);
        }
        if let Some(path) = module.attrs.iter().find_map(path_of) {
            let beside = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = join(beside, &path);
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            return self.read_file(sources, &path, &folder, Some(parent));
        }
        let flat = format!("{below}.rs");
        let file = if sources.contains_key(&flat) { flat } else { format!("{below}/mod.rs") };
        self.read_file(sources, &file, &below, Some(parent))
    }

    fn define(&mut self, id: ModuleId, item: &Item) {
        let name = match item {
            Item::Const(item) => &item.ident,
            Item::Enum(item) => {
                let variants = item.variants.iter().map(|variant| plain(&variant.ident)).collect();
                self.get_mut(id).variants.insert(plain(&item.ident), variants);
                &item.ident
            }
            Item::Fn(item) => &item.sig.ident,
            Item::Static(item) => &item.ident,
            Item::Struct(item) => &item.ident,
            Item::Trait(item) => &item.ident,
            Item::TraitAlias(item) => &item.ident,
            Item::Type(item) => &item.ident,
            Item::Union(item) => &item.ident,
            Item::Macro(item) => {
                let Some(ident) = &item.ident else {
                    self.get_mut(id).makes_items = true;
                    return;
                };
                if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
                    // It is a name of the root, which the root takes of here.
                    let mut path = self.path_of(id);
                    path.push(plain(ident));
                    if id != Self::ROOT {
                        self.bind(Self::ROOT, &plain(ident), Binding::Import(path));
                    }
                }
                ident
            }
            _ => return,
        };
        self.bind(id, &plain(name), Binding::Item);
    }

    fn path_of(&self, id: ModuleId) -> Vec<String> {
        let Some(parent) = self.get(id).parent else { return vec!["crate".to_owned()] };
        let mut path = self.path_of(parent);
        let is_it = |binding: &Binding| matches!(binding, Binding::Module(child) if *child == id);
        path.extend(self.get(parent).names.iter().find(|(_, all)| all.iter().any(is_it)).map(|(name, _)| name.clone()));
        path
    }

    fn import(&mut self, id: ModuleId, item: &ItemUse) {
        let handed_on = !matches!(item.vis, Visibility::Inherited);
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        for Leaf { path, name } in leaves {
            let Some(name) = name else {
                self.get_mut(id).globs.push(path);
                continue;
            };
            if !handed_on {
                self.get_mut(id).imports.push(path.clone());
            }
            self.bind(id, &name, Binding::Import(path));
        }
    }

    fn bind(&mut self, id: ModuleId, name: &str, binding: Binding) {
        self.get_mut(id).names.entry(name.to_owned()).or_default().push(binding);
    }
}

/// The `use` items of an item, those inside its functions too: what a function imports counts as its module's.
#[derive(Default)]
struct InnerUses {
    found: Vec<ItemUse>,
}

impl Visit<'_> for InnerUses {
    fn visit_item(&mut self, item: &Item) {
        if !attributes(item).iter().any(is_for_tests) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        self.found.push(item.clone());
    }
}

/// A path that a `use` names, and the name that it gets; none for all that stands below the path.
struct Leaf {
    path: Vec<String>,
    name: Option<String>,
}

fn flatten(tree: &UseTree, prefix: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    match tree {
        UseTree::Path(tree) => {
            prefix.push(plain(&tree.ident));
            flatten(&tree.tree, prefix, leaves);
            prefix.pop();
        }
        UseTree::Name(tree) => leaves.push(leaf(prefix, &plain(&tree.ident), &plain(&tree.ident))),
        UseTree::Rename(tree) => leaves.push(leaf(prefix, &plain(&tree.ident), &plain(&tree.rename))),
        UseTree::Glob(_) => leaves.push(Leaf { path: prefix.clone(), name: None }),
        UseTree::Group(tree) => tree.items.iter().for_each(|tree| flatten(tree, prefix, leaves)),
    }
}

/// `a::{self}` is `a`, by its own name.
fn leaf(prefix: &[String], last: &str, name: &str) -> Leaf {
    let mut path = prefix.to_vec();
    if last != "self" || path.is_empty() {
        path.push(last.to_owned());
    }
    let name = if name == "self" { path.last().cloned().unwrap_or_default() } else { name.to_owned() };
    Leaf { path, name: Some(name) }
}

/// A name without `r#`.
pub(super) fn plain(ident: &proc_macro2::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").map_or(name.clone(), str::to_owned)
}

/// An item's attributes.
pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether what stands below this attribute is built for tests alone.
pub(super) fn is_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
    let condition = list.tokens.to_string();
    list.path.is_ident("cfg") && (condition == "test" || condition.starts_with("all (") && condition.contains("test"))
}

fn path_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    let syn::Expr::Lit(value) = &meta.value else { return None };
    let syn::Lit::Str(path) = &value.lit else { return None };
    meta.path.is_ident("path").then(|| path.value())
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
