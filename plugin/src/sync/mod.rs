//! The sync itself: what to read, what to do with it, in which order it becomes durable.
//!
//! **The way of a record.** A cycle (below) is a [`walk`] through steps; a step ([`steps`]) reads a page, and [`feed`]
//! makes batches of it. Whatever brought a record here — a row of a list, a webhook, a dead letter that is due — it
//! then takes the same way, [`batch`]:
//!
//! | step | what happens | where |
//! |---|---|---|
//! | scope | is it to be synced, and what of it must stand in Tribe? | [`scope`] |
//! | find | what is gone there may show again | [`find_again`] |
//! | adopt | what stands there already is found by its marker | [`adopt`] |
//! | create | what is missing is made: intent → create → owner → link | [`create`], [`deep_insert`], [`body`], [`intent`] |
//! | observe | both sides are read, and their fingerprints taken | [`read_tribe`], [`not_shown`], [`read_advocaatcentraal`], [`observation`] |
//! | plan | each field is compared with what both sides last agreed on; what too many would lose waits | [`planned`], [`plan`](crate::plan), [`losses`] |
//! | write | what gives way is kept, then AC is written, then Tribe | [`agree`], [`write_advocaatcentraal`], [`new_addresses`], [`write_tribe`], [`edits`] |
//! | record | the bases as the target returned them, the count, the dead letter | [`batch`], [`otherwise`], [`losses`], [`books`] |
//!
//! **Four reads.** A record is read in a list, which is cheap and may lag or leave fields out; and in Tribe, in bulk, to
//! compare both sides. Before either side gets a value it is read by itself in AC: a list may show a record as it was
//! before our own last write. And right before Tribe is written it is read there once more, since Tribe has no `ETag` and
//! an edit made meanwhile would be lost.
//!
//! Files stand in floors; an arrow only points down: cycles, [`steps`], [`feed`], [`batch`], its steps, [`item`],
//! [`session`], [`overlap`], [`books`] and [`health`], [`outcome`].

mod absence;
mod adopt;
mod agree;
mod batch;
#[cfg(test)]
mod bench;
mod body;
mod books;
mod brake;
mod budget;
mod choice;
mod closed;
mod create;
mod cycles;
mod deep_insert;
pub mod differences;
mod doubt;
mod edits;
mod feed;
mod find_again;
mod gather;
mod give_back;
mod health;
mod holding;
mod intent;
mod item;
mod known_ids;
mod letters;
mod list_gaps;
mod losses;
mod new_addresses;
mod not_shown;
mod observation;
mod otherwise;
mod outcome;
mod overlap;
mod planned;
pub mod preview;
mod read_advocaatcentraal;
mod read_tribe;
pub mod records;
mod release;
mod scope;
mod session;
mod steps;
mod trial;
mod tribe_changes;
mod tried;
mod undo;
mod walk;
mod why;
mod write_advocaatcentraal;
mod write_tribe;

pub use budget::Budget;
pub use cycles::{initial_sync, poll, push, release_brake, release_gone, retry_letters, sweep, take_back};
pub(crate) use health::stop_of_failure;
pub(crate) use known_ids::{are_known, linked};
pub use letters::WhichLetters;
pub use outcome::{Counts, Next, Note, Outcome, Standing, Stop, Stopped, System, Verdict, Write, WriteResult};
pub(crate) use session::{empty_members, good_profile};
pub use trial::{Trial, try_dialect};

pub(crate) use tried::{header, is_tried, read_by};
