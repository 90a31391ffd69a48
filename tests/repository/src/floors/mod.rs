//! Which file of a crate takes what from which, and the circles in that. A house without circles has floors: a file
//! is read after those below it, and never needs one above.
//!
//! An arrow is a name that one file uses of another.
//!
//! - A name that comes through a re-export, a glob or a renaming is an arrow to the file that defines it. Handing a
//!   name on (`pub use`) is no use of it, and neither is a `mod` line.
//! - What a macro makes stands in the file that calls the macro. What a macro is given is read as expressions where it
//!   can be, and for its paths alone where not.
//! - A method is an arrow to the file of its `impl` when the inherent `impl`s of its type stand in several files: then
//!   the type alone does not tell what is used. The type of the receiver is looked up as far as it is plainly written:
//!   `self`, a parameter, a `let` with its type or its constructor, fields and methods of those. Where it is not
//!   known, the name of the method decides, if the file names the type, no other type or trait of the crate has a
//!   method by that name, and the standard library's common types have none either.
//! - A method of a trait is no arrow to an `impl` of it: who calls it knows the trait.
//! - What only tests see does not count: `#[cfg(test)]` and what stands below it.
//!
//! | room | what it does |
//! |---|---|
//! | `modules` | the tree of modules, and what each defines, imports and hands on |
//! | `paths` | from a path in a module to the file that defines what it names |
//! | `types` | types, their fields and methods, and the file in which each stands |
//! | `uses` | walks a file, and draws its arrows |
//! | `circles` | from arrows to circles |

mod circles;
mod modules;
mod paths;
mod types;
mod uses;

pub use circles::{Arrows, Circle};
pub use modules::Unreadable;

use crate::sources::Sources;

/// The arrows of the crate whose root is that file.
pub fn arrows(sources: &Sources, root: &str) -> Result<Arrows, Unreadable> {
    let modules = modules::Modules::read(sources, root)?;
    Ok(uses::arrows(&modules))
}

/// The circles of the crate whose root is that file.
pub fn circles(sources: &Sources, root: &str) -> Result<Vec<Circle>, Unreadable> {
    Ok(circles::of(&arrows(sources, root)?))
}
