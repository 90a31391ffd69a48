//! Which records a list has, and in which order: the variants that every wire plays.

use super::record::{Record, Table, Version};
use super::variants::{Filter, Order, PageCap, Stamps, Variants};
use crate::Instant;

/// Where a row stands in a list: stamp, scramble, id. What the variant does not sort by is zero.
pub(super) type Place<'a> = (u64, u64, &'a str);

/// The rows of a list that changed since then, in order, each as it stands once it is visible.
pub(super) fn selected<'a>(
    table: &'a Table,
    variants: &Variants,
    now: Instant,
    from: Option<Instant>,
) -> Vec<(Place<'a>, &'a Record, &'a Version)> {
    let visible_at = now.minus(variants.late_visible);
    let mut rows: Vec<(Place<'_>, &Record, &Version)> = table
        .records
        .iter()
        .filter_map(|(id, record)| {
            let version = record.at(visible_at)?;
            passes(version, from, variants).then(|| (place(id, version, variants), record, version))
        })
        .collect();
    rows.sort_unstable_by_key(|(place, ..)| *place);
    rows
}

/// How many rows a page has at most.
pub(super) fn cap(variants: &Variants) -> usize {
    match variants.page_cap {
        PageCap::Hundred => 100,
        PageCap::TwentyFive => 25,
        PageCap::SilentlyClipped => 40,
    }
}

/// How many rows a page has that was asked for so many; `None` where that is refused.
pub(super) fn size(asked: usize, variants: &Variants) -> Option<usize> {
    let cap = cap(variants);
    let too_many = asked > cap && variants.page_cap != PageCap::SilentlyClipped;
    (asked > 0 && !too_many).then(|| asked.min(cap))
}

/// A stamp that says which instant it is: with `Z` or an offset.
pub(super) fn with_offset(text: &str) -> Option<Instant> {
    let (_, time) = text.split_once(['T', 't'])?;
    if time.contains(['Z', 'z', '+', '-']) { Instant::parse(text) } else { None }
}

fn passes(version: &Version, from: Option<Instant>, variants: &Variants) -> bool {
    let Some(from) = from else { return true };
    let from = match variants.stamps {
        Stamps::DateOnlyFilter => from.start_of_amsterdam_day(),
        Stamps::Offset | Stamps::Naive => from,
    };
    let changed = kept(version.changed, variants.stamps);
    match variants.filter {
        Filter::Inclusive => changed >= kept(from.whole_second(), variants.stamps),
        Filter::Exclusive => changed > kept(from, variants.stamps),
        Filter::Ignored => true,
    }
}

/// An instant as AC keeps and compares it: where it has no offset, an hour that comes twice is one hour.
fn kept(instant: Instant, stamps: Stamps) -> u64 {
    match stamps {
        Stamps::Naive => instant.on_the_wall_in_amsterdam(),
        Stamps::Offset | Stamps::DateOnlyFilter => instant.as_millis(),
    }
}

fn place<'a>(id: &'a str, version: &Version, variants: &Variants) -> Place<'a> {
    let changed = kept(version.changed, variants.stamps);
    match variants.order {
        Order::Sorted => (changed, 0, id),
        Order::RandomWithinEqualStamps => (changed, scramble(id), id),
        Order::Unsorted => (0, scramble(id), id),
    }
}

/// The same at every call, so that a cursor still finds its place, and without any relation to the id (FNV-1a).
fn scramble(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
