//! Wrong versions of the connector and the host, to show that the tests can fail.
//!
//! They stand in `tests/mutants`, as data. The judge lays a copy of the sources below `target/mutants`, switches all of
//! them into the copy, builds it once, and runs its tests with one after the other on. What ships never sees them.
//!
//! | room | what it is |
//! |---|---|
//! | [`catalogue`] | the wrong versions, as they stand in `tests/mutants` |
//! | [`notice`] | what notices one, by name |
//! | [`learn`] | writes it into the catalogue |
//! | [`snippet`] | lines of a source: where they stand, and what stands there instead |
//! | [`copy`] | the copy of the sources, with the wrong versions in it |
//! | [`program`] | the test programs of the copy, built and run |
//! | [`judge`] | what notices a wrong version |

pub mod catalogue;
pub mod copy;
pub mod judge;
pub mod learn;
pub mod notice;
pub mod program;
pub mod snippet;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The environment variable that switches a wrong version of the copy on, by its name.
pub const VARIABLE: &str = "MUTANT";

/// The folder of the workspace.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("..")).to_owned()
}

/// Does each of these works, on as many processors as there are.
pub fn in_parallel<T: Send>(works: impl IntoIterator<Item = T>, work: impl Fn(T) + Sync) {
    let left = Mutex::new(works.into_iter().collect::<VecDeque<T>>());
    let next = || left.lock().ok().and_then(|mut left| left.pop_front());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, Into::into) {
            scope.spawn(|| {
                while let Some(one) = next() {
                    work(one);
                }
            });
        }
    });
}
