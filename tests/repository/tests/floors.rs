//! No circle of files is left in a crate; and what an arrow is, by small crates.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fmt::Write;

use repository_checks::floors::{arrows, circles};
use repository_checks::sources::{Sources, below, repository};

/// The crates that are held to it, each by its root.
const CRATES: [(&str, &str); 8] = [
    ("benches/src", "lib.rs"),
    ("plugin/src", "lib.rs"),
    ("host-harness/src", "lib.rs"),
    ("host-harness/egress/src", "lib.rs"),
    ("host-harness/sandbox/src", "lib.rs"),
    ("host-harness/serve/src", "lib.rs"),
    ("release/src", "lib.rs"),
    ("tests/repository/src", "lib.rs"),
];

#[test]
fn no_crate_has_a_circle_of_files() {
    let mut found = String::new();
    for (folder, root) in CRATES {
        for circle in circles(&below(&repository().join(folder), ".rs").unwrap(), root).unwrap() {
            let _ = writeln!(found, "{folder}: {circle}");
        }
    }
    assert!(found.is_empty(), "\n{found}");
}

fn sources(files: &[(&str, &str)]) -> Sources {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The arrows of a small crate, each as `user -> definer: names`.
fn drawn(files: &[(&str, &str)]) -> Vec<String> {
    let arrows = arrows(&sources(files), "lib.rs").unwrap();
    let told = arrows.into_iter().map(|((user, definer), names)| {
        format!("{user} -> {definer}: {}", names.into_iter().collect::<Vec<_>>().join(", "))
    });
    told.collect()
}

#[test]
fn a_module_line_and_handing_on_are_no_arrows() {
    assert!(drawn(&[("lib.rs", "mod a; pub use a::A;"), ("a.rs", "pub struct A;")]).is_empty());
}

#[test]
fn a_name_through_a_re_export_is_an_arrow_to_its_own_file() {
    let files = [
        ("lib.rs", "mod a; mod room;"),
        ("a.rs", "use crate::room::Renamed; fn f(_: Renamed) {}"),
        ("room/mod.rs", "mod inner; pub use inner::B as Renamed;"),
        ("room/inner.rs", "pub struct B; fn g() { crate::a::f(B) }"),
    ];
    assert_eq!(drawn(&files), ["a.rs -> room/inner.rs: B", "room/inner.rs -> a.rs: f"]);
    let found = circles(&sources(&files), "lib.rs").unwrap();
    assert_eq!(
        found.first().unwrap().to_string(),
        "a circle of 2: a.rs, room/inner.rs\n  a.rs takes of room/inner.rs: B\n  room/inner.rs takes of a.rs: f\n"
    );
}

#[test]
fn a_name_through_a_glob_is_an_arrow() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::*; fn f(_: B) { let g = 1; drop(g); h() }"),
        ("b.rs", "pub struct B; pub fn g() {} pub fn h() { crate::a::f(B) }"),
    ];
    assert_eq!(drawn(&files), ["a.rs -> b.rs: B, h", "b.rs -> a.rs: f"]);
}

#[test]
fn a_method_of_a_spread_impl_is_an_arrow_from_its_caller() {
    let files = [
        ("lib.rs", "mod engine; mod walk; mod step;"),
        ("engine.rs", "pub struct Engine; impl Engine { pub fn begin() -> Result<Self, ()> { Ok(Self) } }"),
        ("walk.rs", "impl crate::engine::Engine { pub fn walk(&mut self) { self.step() } pub fn push(&self) {} }"),
        ("step.rs", "use crate::engine::Engine; impl Engine { pub fn step(&mut self) { self.walk() } }"),
    ];
    let found = circles(&sources(&files), "lib.rs").unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found.first().unwrap().files.iter().map(String::as_str).collect::<Vec<_>>(), ["step.rs", "walk.rs"]);
}

#[test]
fn a_receiver_is_known_by_what_is_plainly_written() {
    let engine = [
        ("lib.rs", "mod engine; mod walk; mod user;"),
        (
            "engine.rs",
            "pub struct Engine { pub inner: Inner } impl Engine { pub fn begin() -> Result<Self, ()> { todo!() } } pub struct Inner;",
        ),
        (
            "walk.rs",
            "use crate::engine::{Engine, Inner}; impl Engine { pub fn push(&self) {} } impl Inner { pub fn odd(&self) {} pub fn take(&self) {} }",
        ),
    ];
    let user = |text: &str| drawn(&[engine[0], engine[1], engine[2], ("user.rs", text)]);
    let takes = |text: &str, name: &str| user(text).contains(&format!("user.rs -> walk.rs: {name}"));
    assert!(takes("fn f(engine: &mut crate::engine::Engine) { engine.push() }", "push"));
    assert!(takes("fn f() { let engine = crate::engine::Engine::begin()?; engine.push() }", "push"));
    assert!(takes("fn f(e: Option<&crate::engine::Engine>) { e.inner.take() }", "take"));
    assert!(takes("fn f() { crate::engine::Engine::push }", "push"));
    // By the name alone: `odd` is one type's, `push` may be a vector's.
    assert!(takes("use crate::engine::Inner; fn f() { work(|x| x.odd()) }", "odd"));
    assert!(takes("use crate::engine::Inner; fn f() { say!(a => x.odd()) }", "odd"));
    assert!(user("fn f() { work(|x| x.odd()) }").iter().all(|arrow| !arrow.starts_with("user.rs")));
    assert!(user("fn f() { work(|x| x.push()) }").iter().all(|arrow| !arrow.starts_with("user.rs")));
    assert!(user("fn f(x: Vec<u8>) { x.push() }").iter().all(|arrow| !arrow.starts_with("user.rs")));
}

#[test]
fn a_method_of_an_impl_in_one_file_is_no_arrow() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub struct A; impl A { pub fn odd(&self) {} }"),
        ("b.rs", "fn f() { work(|x| x.odd()) }"),
    ];
    assert!(drawn(&files).is_empty());
}

#[test]
fn what_a_macro_makes_stands_where_it_is_called() {
    let files = [
        ("lib.rs", "mod ids; mod b;"),
        ("ids.rs", "macro_rules! id { ($name:ident) => { pub struct $name; } } id!(RelatieId);"),
        ("b.rs", "use crate::ids::RelatieId; fn f() { assert_eq!(crate::ids::Other::new(1), 2) }"),
    ];
    assert_eq!(drawn(&files), ["b.rs -> ids.rs: Other, RelatieId"]);
}

#[test]
fn a_macro_is_an_arrow_to_its_own_file() {
    let files = [
        ("lib.rs", "mod made; mod b; mod room;"),
        ("made.rs", "macro_rules! say { () => { $crate::b::B } } pub(crate) use say;"),
        ("b.rs", "pub struct B; fn f() { crate::made::say!() }"),
        ("room.rs", "macro_rules! inner { () => {} } mod below;"),
        ("room/below.rs", "fn f() { inner!() }"),
    ];
    assert_eq!(drawn(&files), ["b.rs -> made.rs: say", "made.rs -> b.rs: B", "room/below.rs -> room.rs: inner"]);
}

#[test]
fn a_path_goes_on_through_the_module_and_not_the_function_of_its_name() {
    let files = [
        ("lib.rs", "mod room; mod a;"),
        ("room/mod.rs", "mod render; pub use render::render; pub fn other() {}"),
        ("room/render.rs", "pub fn render() {} pub struct Page;"),
        ("a.rs", "use crate::room::render::Page; fn f() { crate::room::render() }"),
    ];
    assert_eq!(drawn(&files), ["a.rs -> room/render.rs: Page, render"]);
}

#[test]
fn what_tests_alone_see_does_not_count() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "#[cfg(test)] use crate::b::B; #[cfg(test)] #[path = \"a_tests.rs\"] mod tests; pub struct A;"),
        ("b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; } #[test] fn f() { crate::a::A; }"),
    ];
    assert!(drawn(&files).is_empty());
}

#[test]
fn a_function_named_by_an_attribute_is_an_arrow() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub struct A { #[serde(with = \"crate::b::seconds\")] at: u64 }"),
        ("b.rs", "pub fn seconds() {}"),
    ];
    assert_eq!(drawn(&files), ["a.rs -> b.rs: seconds"]);
}
