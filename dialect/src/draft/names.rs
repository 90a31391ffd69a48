//! Names of members, compared by their words.

use super::words::{BEFORE, TRANSPARENT, Words};

/// A name without what stands between its words: `companyName`, `company_name` and `company-name` are one.
pub(super) fn plain(name: &str) -> String {
    let letters = name.chars().filter_map(|letter| match letter {
        'ë' | 'é' | 'è' | 'Ë' => Some('e'),
        'ï' | 'Ï' => Some('i'),
        letter => letter.is_ascii_alphanumeric().then(|| letter.to_ascii_lowercase()),
    });
    letters.collect()
}

/// How well a name fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit {
    /// Whether it only may mean it.
    pub(super) is_guess: bool,
    /// Which of the words it is.
    rank: usize,
    /// How far down it stands.
    depth: usize,
}

/// How well the way to a member fits words; none where it does not.
pub(super) fn fit(way: &[String], words: Words) -> Option<Fit> {
    let depth = way.len();
    readings(way)
        .into_iter()
        .filter_map(|(name, is_cut)| {
            let sure = words.sure.iter().position(|word| *word == name).map(|rank| (is_cut, rank));
            let perhaps =
                || words.perhaps.iter().position(|word| *word == name).map(|rank| (true, rank + words.sure.len()));
            let (is_guess, rank) = sure.or_else(perhaps)?;
            Some(Fit { is_guess, rank, depth })
        })
        .min()
}

/// Whether the way to a member is one of some names.
pub(super) fn is_one_of(way: &[String], names: &'static [&'static str]) -> bool {
    fit(way, Words { sure: names, perhaps: &[] }).is_some()
}

/// The names by which a member may be known, and whether something was cut off: its own, or with that of the object in
/// which it stands. What stands in an object with a meaning of its own is not the record's: the e-mail address of an owner.
fn readings(way: &[String]) -> Vec<(String, bool)> {
    let names: Vec<String> = way.iter().map(|name| plain(name)).collect();
    let Some((own, above)) = names.split_last() else { return Vec::new() };
    let is_through = |above: &[String]| above.iter().all(|name| TRANSPARENT.contains(&name.as_str()));
    let mut readings = Vec::new();
    if is_through(above) {
        readings.push((own.clone(), false));
        readings.extend(BEFORE.iter().filter_map(|before| Some((own.strip_prefix(before)?.to_owned(), true))));
    }
    if let Some((parent, further)) = above.split_last()
        && is_through(further)
    {
        readings.extend([(format!("{parent}{own}"), false), (format!("{own}{parent}"), false)]);
    }
    readings
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::super::words::{ORGANISATION, PERSON};
    use super::*;

    fn fits(way: &[&str], words: Words) -> Option<bool> {
        let way: Vec<String> = way.iter().map(|name| (*name).to_owned()).collect();
        fit(&way, words).map(|fit| fit.is_guess)
    }

    #[test]
    fn a_name_is_known_however_its_words_are_joined() {
        let (name, email) = (ORGANISATION[0], ORGANISATION[2]);
        for way in [
            &["companyName"][..],
            &["company_name"],
            &["Company-Name"],
            &["company", "name"],
            &["data", "bedrijfsnaam"],
        ] {
            assert_eq!(fits(way, name.words), Some(false), "{way:?}");
        }
        assert_eq!(fits(&["display_name"], name.words), Some(true));
        assert_eq!(fits(&["primaryEmail"], email.words), Some(true));
        assert_eq!(fits(&["name", "first"], PERSON[0].words), Some(false));
    }

    #[test]
    fn what_belongs_to_somebody_else_is_not_the_records_own() {
        assert_eq!(fits(&["owner", "email"], ORGANISATION[2].words), None);
        assert_eq!(fits(&["created_by", "name"], ORGANISATION[0].words), None);
    }
}
