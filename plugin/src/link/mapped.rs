//! For which relation types AC's relations were looked for.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::relation::RelatietypeId;
use crate::stored::Later;

/// AC's types with the key of the Tribe type that each is mapped to, as the settings had it.
pub type Mapping = LiteMap<RelatietypeId, String>;

/// For which mapped types the relations of AC were looked for. A type that is mapped later, or again, or otherwise, is
/// not among them, and the polls look for its relations.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MappedTypes {
    /// Those for which all of AC's list was walked.
    pub known: Mapping,
    /// Those for which it is being walked.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub coming: Mapping,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl MappedTypes {
    /// Forgets what is not mapped so any more.
    pub fn keep(&mut self, mapping: &Mapping) {
        let is_mapped_so = |of: &RelatietypeId, to: &String| mapping.get(of) == Some(to);
        self.known.retain(is_mapped_so);
        self.coming.retain(is_mapped_so);
    }

    /// Begins to look for those that are mapped and not known; tells whether there are any.
    pub fn begin(&mut self, mapping: &Mapping) -> bool {
        let is_new = |(of, to): &(&RelatietypeId, &String)| self.known.get(*of) != Some(*to);
        self.coming = mapping.iter().filter(is_new).map(|(of, to)| (of.clone(), to.clone())).collect();
        !self.coming.is_empty()
    }

    /// All of AC's list was walked for those that were coming.
    pub fn finish(&mut self) {
        for (of, to) in std::mem::take(&mut self.coming) {
            self.known.insert(of, to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(types: &[(&str, &str)]) -> Mapping {
        types.iter().map(|(of, to)| (RelatietypeId::new(*of), (*to).to_owned())).collect()
    }

    #[test]
    fn what_is_mapped_later_or_again_or_otherwise_is_looked_for_once() {
        let mut types = MappedTypes { known: mapping(&[("client", "customer")]), ..MappedTypes::default() };
        assert!(!types.begin(&mapping(&[("client", "customer")])));
        let both = mapping(&[("client", "customer"), ("leverancier", "supplier")]);
        assert!(types.begin(&both));
        assert_eq!(types.coming, mapping(&[("leverancier", "supplier")]));
        types.finish();
        assert!(!types.begin(&both));
        types.keep(&mapping(&[("leverancier", "supplier")]));
        assert!(types.begin(&both), "again");
        types.finish();
        assert!(types.begin(&mapping(&[("client", "prospect"), ("leverancier", "supplier")])), "otherwise");
    }

    #[test]
    fn what_is_unmapped_while_it_is_looked_for_is_looked_for_no_more() {
        let mut types = MappedTypes::default();
        assert!(types.begin(&mapping(&[("client", "customer")])));
        types.keep(&mapping(&[]));
        types.finish();
        assert_eq!(types, MappedTypes::default());
    }
}
