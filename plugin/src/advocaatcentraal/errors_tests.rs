#![allow(clippy::unwrap_used)]

use super::*;

fn named(dialect: &str, owner: Owner, named: &str) -> Option<&'static str> {
    known(&Dialect::parse(dialect).unwrap(), owner, named)
}

#[test]
fn a_member_is_known_by_its_place_in_the_record_that_was_sent() {
    let register = |owner, member| named(dialect::REGISTER, owner, member);
    assert_eq!(register(Owner::Organisation, "Email"), Some("email"));
    assert_eq!(register(Owner::ContactPerson, "Email"), Some("emailadres"));
    assert_eq!(register(Owner::ContactPerson, "Properties.Email"), Some("emailadres"));
    assert_eq!(register(Owner::PrivatePerson, "TradeRegister"), None, "only organisations have one");
    assert_eq!(register(Owner::Organisation, "Letter"), Some("huisnummer"));
    assert_eq!(register(Owner::Organisation, "Roles"), Some("relatietypen"));
    assert_eq!(register(Owner::ContactPerson, "Function"), Some("functie"));
}

#[test]
fn a_list_in_which_several_fields_stand_names_none_of_them() {
    assert_eq!(named(dialect::LEDGER, Owner::Organisation, "points"), None);
    assert_eq!(named(dialect::PRACTICE, Owner::Organisation, "web_sites"), Some("website"));
}
