//! Walks a file, and draws its arrows.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Expr, ExprClosure, ExprMethodCall, ImplItem, Item, ItemImpl, Lit, Local, Macro, Member, Meta, Pat,
    PatIdent, Path, Signature, Token, Visibility,
};

use super::circles::Arrows;
use super::modules::{ModuleId, Modules, is_for_tests, plain};
use super::paths::{Definition, Found};
use super::types::{Types, definition_of, is_test, parameter};

/// The arrows of a whole crate.
pub(super) fn arrows(modules: &Modules) -> Arrows {
    let types = Types::of(modules);
    let mut arrows = Arrows::new();
    let mut by_name = Vec::new();
    for (module, here) in modules.all() {
        let mut walk = Walk {
            modules,
            types: &types,
            module,
            own: None,
            locals: Vec::new(),
            arrows: &mut arrows,
            by_name: &mut by_name,
        };
        for import in &here.imports {
            walk.path(import);
        }
        here.items.iter().for_each(|item| walk.visit_item(item));
    }
    for (user, method) in by_name {
        let Some((owner, module)) = types.spread_by_name(&method) else { continue };
        let (definer, of) = (&modules.get(module).file, &modules.get(owner.module).file);
        let names_the_type =
            user == *of || arrows.get(&(user.clone(), of.clone())).is_some_and(|names| names.contains(&owner.name));
        if names_the_type && user != *definer {
            arrows.entry((user, definer.clone())).or_default().insert(method);
        }
    }
    arrows
}

/// What a local name is; nothing where its type is not plainly written.
type Locals = BTreeMap<String, Option<Definition>>;

struct Walk<'a> {
    modules: &'a Modules,
    types: &'a Types,
    module: ModuleId,
    /// The type of the `impl` that is walked.
    own: Option<Definition>,
    /// Of each function that is walked, the outermost first.
    locals: Vec<Locals>,
    arrows: &'a mut Arrows,
    /// Methods that were called on what is not known, by the file that calls.
    by_name: &'a mut Vec<(String, String)>,
}

impl Walk<'_> {
    fn arrow(&mut self, to: ModuleId, name: &str) {
        let (user, definer) = (&self.modules.get(self.module).file, &self.modules.get(to).file);
        if user != definer {
            self.arrows.entry((user.clone(), definer.clone())).or_default().insert(name.to_owned());
        }
    }

    fn path(&mut self, path: &[String]) {
        for found in self.modules.resolve(self.module, path) {
            let Found::Item(definition, left) = found else { continue };
            self.arrow(definition.module, &definition.name);
            if let Some(name) = left.first()
                && let Some(module) = self.types.spread(&definition, name)
            {
                self.arrow(module, name);
            }
        }
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|locals| locals.contains_key(name))
    }

    fn local(&self, name: &str) -> Option<Definition> {
        self.locals.iter().rev().find_map(|locals| locals.get(name)).cloned().flatten()
    }

    fn learn(&mut self, name: &str, is: Option<Definition>) {
        if let Some(locals) = self.locals.last_mut() {
            locals.insert(name.to_owned(), is);
        }
    }

    fn method(&mut self, receiver: Option<&Definition>, name: &str) {
        let Some(owner) = receiver else {
            self.by_name.push((self.modules.get(self.module).file.clone(), name.to_owned()));
            return;
        };
        if let Some(module) = self.types.spread(owner, name) {
            self.arrow(module, name);
        }
    }

    /// The crate's own type that an expression has, as far as it is plainly written.
    fn type_of(&self, expression: &Expr) -> Option<Definition> {
        match expression {
            Expr::Path(path) => {
                let name = path.path.get_ident().map(plain)?;
                if name == "self" { self.own.clone() } else { self.local(&name) }
            }
            Expr::Field(field) => {
                let owner = self.type_of(&field.base)?;
                let name = match &field.member {
                    Member::Named(name) => plain(name),
                    Member::Unnamed(at) => at.index.to_string(),
                };
                self.types.field(self.modules, &owner, &name)
            }
            Expr::MethodCall(call) => {
                let owner = self.type_of(&call.receiver)?;
                self.types.returned(self.modules, &owner, &plain(&call.method))
            }
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return None };
                let mut names = names(&path.path);
                let method = names.pop()?;
                let owner = self.type_named(&names)?;
                self.types.returned(self.modules, &owner, &method)
            }
            Expr::Struct(made) => self.type_named(&names(&made.path)),
            Expr::Reference(inner) => self.type_of(&inner.expr),
            Expr::Paren(inner) => self.type_of(&inner.expr),
            Expr::Try(inner) => self.type_of(&inner.expr),
            Expr::Await(inner) => self.type_of(&inner.base),
            Expr::Unary(inner) => self.type_of(&inner.expr),
            _ => None,
        }
    }

    fn type_named(&self, names: &[String]) -> Option<Definition> {
        if names == ["Self"] {
            return self.own.clone();
        }
        self.modules.resolve(self.module, names).into_iter().find_map(|found| match found {
            Found::Item(definition, left) if left.is_empty() => Some(definition),
            _ => None,
        })
    }

    fn tokens(&mut self, tokens: &TokenStream) {
        let expressions = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(expressions) = expressions.parse2(tokens.clone()) {
            expressions.iter().for_each(|expression| self.visit_expr(expression));
        } else {
            self.scan(tokens);
        }
    }

    /// Looks for paths, and for methods by their name.
    fn scan(&mut self, tokens: &TokenStream) {
        let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut at = 0;
        while let Some(tree) = all.get(at) {
            match tree {
                TokenTree::Group(group) => self.scan(&group.stream()),
                TokenTree::Ident(ident) => {
                    let mut path = vec![plain(ident)];
                    while is_punct(all.get(at + 1), ':')
                        && is_punct(all.get(at + 2), ':')
                        && let Some(TokenTree::Ident(next)) = all.get(at + 3)
                    {
                        path.push(plain(next));
                        at += 3;
                    }
                    let after = |sign| at.checked_sub(path.len() * 3 - 2).is_some_and(|at| is_punct(all.get(at), sign));
                    let is_called = matches!(all.get(at + 1), Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis);
                    if after('.') && path.len() == 1 {
                        if is_called && let Some(name) = path.first().cloned() {
                            self.method(None, &name);
                        }
                    } else if path.len() > 1 || is_called || is_punct(all.get(at + 1), '!') || is_capital(&path) {
                        self.names(&path);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn names(&mut self, names: &[String]) {
        match names {
            [own, name] if own == "Self" => {
                if let Some(owner) = self.own.clone() {
                    self.method(Some(&owner), name);
                }
            }
            [name] if self.is_local(name) => {}
            [first, ..] if first == "Self" => {}
            _ => self.path(names),
        }
    }
}

fn names(path: &Path) -> Vec<String> {
    path.segments.iter().map(|segment| plain(&segment.ident)).collect()
}

fn is_punct(tree: Option<&TokenTree>, sign: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

fn is_capital(path: &[String]) -> bool {
    path.iter().any(|name| name.starts_with(char::is_uppercase))
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(item) || matches!(item, Item::Use(_)) {
            return;
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let for_tests = matches!(item, ImplItem::Fn(method) if method.attrs.iter().any(is_for_tests));
        if !for_tests {
            self.locals.push(Locals::new());
            visit::visit_impl_item(self, item);
            self.locals.pop();
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let own = definition_of(self.modules, self.module, None, &item.self_ty);
        let outer = std::mem::replace(&mut self.own, own);
        visit::visit_item_impl(self, item);
        self.own = outer;
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.locals.push(Locals::new());
        visit::visit_item_fn(self, item);
        self.locals.pop();
    }

    fn visit_signature(&mut self, signature: &'ast Signature) {
        visit::visit_signature(self, signature);
        for (name, written) in signature.inputs.iter().filter_map(parameter) {
            let is = definition_of(self.modules, self.module, self.own.as_ref(), written);
            self.learn(&name, is);
        }
    }

    fn visit_local(&mut self, local: &'ast Local) {
        visit::visit_local(self, local);
        let made = local.init.as_ref().and_then(|init| self.type_of(&init.expr));
        let (pattern, is) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, definition_of(self.modules, self.module, self.own.as_ref(), &typed.ty)),
            pattern => (pattern, made),
        };
        if let Pat::Ident(name) = pattern {
            self.learn(&plain(&name.ident), is);
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        self.locals.push(Locals::new());
        visit::visit_expr_closure(self, closure);
        self.locals.pop();
    }

    fn visit_pat_ident(&mut self, pattern: &'ast PatIdent) {
        let name = plain(&pattern.ident);
        if name.starts_with(char::is_uppercase) {
            self.names(&[name]);
        } else {
            self.learn(&name, None);
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.names(&names(path));
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        let receiver = self.type_of(&call.receiver);
        self.method(receiver.as_ref(), &plain(&call.method));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        let names = names(&call.path);
        // A macro is seen in the modules below its own, too.
        let mut seen_in = Some(self.module);
        while let Some(module) = seen_in {
            let found = self.modules.resolve(module, &names);
            let definitions = found.iter().filter_map(|found| match found {
                Found::Item(definition, _) => Some(definition),
                Found::Module(_) => None,
            });
            let definitions: Vec<&Definition> = definitions.collect();
            definitions.iter().for_each(|definition| self.arrow(definition.module, &definition.name));
            let goes_on = definitions.is_empty() && names.len() == 1;
            seen_in = self.modules.get(module).parent.filter(|_| goes_on);
        }
        self.tokens(&call.tokens);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        // Serde's attributes name functions as text: `with = "crate::room::name"`.
        let Meta::List(list) = &attribute.meta else { return };
        for tree in list.tokens.clone() {
            if let TokenTree::Literal(literal) = tree
                && let Lit::Str(text) = Lit::new(literal)
                && let Ok(path) = text.parse::<Path>()
            {
                self.names(&names(&path));
            }
        }
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}
