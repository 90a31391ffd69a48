//! Which rows of AC's lists are read by themselves, since they leave out what their single records may hold (A7): pure.
//!
//! Of a list that shows a member in some rows, a row without it leaves it out because the record has none, or because the
//! list is at times incomplete. The first single records tell which, and the last one of each page goes on to be read, so that a
//! list that hides something after all is found out; the next sweep then brings in what it hid.

use litemap::LiteMap;

use crate::advocaatcentraal::{ADRESSEN, Record, Veld};
use crate::link::Gaps;

/// Notes which members the rows of a page hold.
pub(super) fn see_rows<'n, R: Record>(gaps: &mut Gaps, rows: &[&R], needed: &impl Fn(&R) -> &'n [Veld]) {
    for row in rows {
        let left_out = row.leaves_out(needed(row));
        let names = needed(row).iter().map(|veld| veld.name());
        names.chain([ADRESSEN]).filter(|name| !left_out.contains(name)).for_each(|member| gaps.row_holds(member));
    }
}

/// The rows of a page that are read by themselves first: as [`next`], and the last of those that are known to be whole.
pub(super) fn first<'r, 'n, R: Record>(gaps: &Gaps, rows: &[&'r R], needed: &impl Fn(&R) -> &'n [Veld]) -> Vec<&'r R> {
    let is_whole = |row: &&&R| {
        let left_out = row.leaves_out(needed(row));
        !row.is_partial() && !left_out.is_empty() && left_out.iter().all(|member| gaps.is_whole_without(member))
    };
    let sample = rows.iter().rev().find(is_whole).copied();
    next(gaps, rows, needed).into_iter().chain(sample).collect()
}

/// Those of these rows that are read by themselves now. Where a few single records may show that a row without a member is
/// whole, no more are read for it; who is not among these is asked about again once they are known.
pub(super) fn next<'r, 'n, R: Record>(gaps: &Gaps, rows: &[&'r R], needed: &impl Fn(&R) -> &'n [Veld]) -> Vec<&'r R> {
    let mut asked: LiteMap<&str, usize> = LiteMap::new();
    let mut chosen = Vec::new();
    for row in rows {
        let left_out = row.leaves_out(needed(row));
        let mut is_wanted = row.is_partial();
        for member in left_out {
            let asked = asked.entry(member).or_default();
            if gaps.wants(member).is_none_or(|most| *asked < most) {
                *asked += 1;
                is_wanted = true;
            }
        }
        if is_wanted {
            chosen.push(*row);
        }
    }
    chosen
}

/// Keeps what the single record shows of what its row leaves out.
pub(super) fn compare<'n, R: Record>(gaps: &mut Gaps, row: &R, single: &R, needed: &impl Fn(&R) -> &'n [Veld]) {
    // One that was edited meanwhile tells nothing of its row.
    if row.gewijzigd().is_none_or(|listed| single.gewijzigd() == Some(listed)) {
        let still = single.leaves_out(needed(row));
        let left_out = row.leaves_out(needed(row));
        left_out.iter().for_each(|member| gaps.single_holds(member, !still.contains(member)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::advocaatcentraal::Relatie;

    const STAMP: &str = "2026-03-02T10:00:05+01:00";
    static NEEDED: &[Veld] = &[Veld::Email];

    fn row(id: u32, more: &serde_json::Value) -> Relatie {
        let mut row = json!({"id": id.to_string(), "soort": "bedrijf", "status": "actief", "relatietypen": [],
            "adressen": [], "gewijzigd": STAMP});
        if let (Some(row), Some(more)) = (row.as_object_mut(), more.as_object()) {
            row.extend(more.clone());
        }
        Relatie::sample(&row)
    }

    fn needed(_: &Relatie) -> &'static [Veld] {
        NEEDED
    }

    /// What is known once a page was read of which the single records are these.
    fn after(gaps: &mut Gaps, rows: &[Relatie], single: &[Relatie]) {
        see_rows(gaps, &rows.iter().collect::<Vec<_>>(), &needed);
        for single in single {
            let row = rows.iter().find(|row| row.id() == single.id());
            row.into_iter().for_each(|row| compare(gaps, row, single, &needed));
        }
    }

    /// A list of which single records never said more than their rows.
    fn known_as_whole() -> Gaps {
        let mut gaps = Gaps::default();
        let lean: Vec<Relatie> = (0..20).map(|id| row(id, &json!({}))).collect();
        after(&mut gaps, &[row(99, &json!({"email": null}))], &[]);
        after(&mut gaps, &lean, &lean);
        gaps
    }

    fn read(gaps: &Gaps, rows: &[Relatie]) -> Vec<String> {
        let rows: Vec<&Relatie> = rows.iter().collect();
        first(gaps, &rows, &needed).into_iter().map(|row| row.id().to_string()).collect()
    }

    #[test]
    fn of_a_list_of_which_nothing_is_known_each_row_that_leaves_something_out_is_read() {
        let rows = [row(1, &json!({})), row(2, &json!({"email": "a@voorbeeld.example"})), row(3, &json!({}))];
        assert_eq!(read(&Gaps::default(), &rows), ["1", "3"]);
    }

    #[test]
    fn of_a_list_that_shows_a_member_no_more_are_read_than_may_settle_it() {
        let mut gaps = Gaps::default();
        let mut rows: Vec<Relatie> = (0..20).map(|id| row(id, &json!({}))).collect();
        rows.push(row(99, &json!({"email": null})));
        after(&mut gaps, &rows, &[]);
        assert_eq!(read(&gaps, &rows).len(), 8);
        after(&mut gaps, &rows, &[row(1, &json!({"email": "a@voorbeeld.example"}))]);
        assert_eq!(read(&gaps, &rows).len(), 20, "it hides something: only single records tell");
    }

    #[test]
    fn of_the_rows_that_are_known_to_be_whole_the_last_is_read_all_the_same() {
        let rows = [row(1, &json!({})), row(2, &json!({})), row(3, &json!({"email": null}))];
        assert_eq!(read(&known_as_whole(), &rows), ["2"]);
    }

    #[test]
    fn a_row_that_cannot_be_placed_is_always_read() {
        let without_status = Relatie::sample(&json!({"id": "1", "soort": "bedrijf", "email": null, "adressen": []}));
        assert_eq!(read(&known_as_whole(), &[without_status]), ["1"]);
    }

    #[test]
    fn a_single_record_that_says_more_than_its_row_ends_the_belief_unless_it_was_edited_since() {
        let filled = json!({"email": "a@voorbeeld.example"});
        let rows = [row(1, &json!({})), row(2, &json!({}))];
        let mut gaps = known_as_whole();
        let later = row(2, &json!({"email": "a@voorbeeld.example", "gewijzigd": "2026-03-02T10:00:06+01:00"}));
        after(&mut gaps, &rows, &[later]);
        assert_eq!(read(&gaps, &rows), ["2"]);
        after(&mut gaps, &rows, &[row(2, &filled)]);
        assert_eq!(read(&gaps, &rows), ["1", "2"]);
    }
}
