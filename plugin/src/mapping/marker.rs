//! Markers: the AC id on a Tribe record, from which a lost link is rebuilt.

use crate::link::{Part, Subject};
use crate::relation::{OfficeNumber, RelatietypeId};

/// The markers of one office.
#[derive(Clone, Debug)]
pub struct Markers {
    office: OfficeNumber,
}

impl Markers {
    /// Markers of that office, however its number is typed.
    pub fn of(office: &str) -> Self {
        Self { office: OfficeNumber::of(office) }
    }

    /// What every marker of the office begins with.
    pub fn prefix(&self) -> String {
        format!("ac:{}:", self.office.as_str())
    }

    /// The marker of the organisation or person itself.
    pub fn relation(&self, subject: &Subject) -> String {
        let list = match subject {
            Subject::Organisation(_) | Subject::PrivatePerson(_) => "relatie",
            Subject::ContactPerson(_) => "contactpersoon",
        };
        format!("{}{list}:{}", self.prefix(), subject.id())
    }

    /// The marker of a part; a commercial relationship bears the AC type that it was made for.
    pub fn part(&self, subject: &Subject, part: &Part, of_type: Option<&RelatietypeId>) -> String {
        let relation = self.relation(subject);
        match (part, of_type) {
            (Part::Contact(organisation), _) => format!("{relation}@{organisation}"),
            (Part::Role(_), Some(of_type)) => format!("{relation}#{of_type}"),
            (Part::Role(_), None) | (Part::Relation | Part::Address(_), _) => relation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::{ContactpersoonId, RelatieId};

    #[test]
    fn a_marker_names_the_office_the_list_and_the_id() {
        let markers = Markers::of("12345");
        let organisation = Subject::Organisation(RelatieId::new("1001"));
        let person = Subject::ContactPerson(ContactpersoonId::new("5001"));
        let client = RelatietypeId::new("client");
        assert_eq!(markers.relation(&organisation), "ac:12345:relatie:1001");
        assert_eq!(markers.relation(&person), "ac:12345:contactpersoon:5001");
        let role = Part::Role("customer".to_owned());
        assert_eq!(markers.part(&organisation, &role, Some(&client)), "ac:12345:relatie:1001#client");
        let contact = Part::Contact(RelatieId::new("1001"));
        assert_eq!(markers.part(&person, &contact, None), "ac:12345:contactpersoon:5001@1001");
    }
}
