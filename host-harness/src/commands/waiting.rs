//! What to do about a system that gives no usable answer, where waiting may be all.

use super::advice::{About, address_of, with_command};
use crate::component::Text;
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// The sentences of a code, each with what to do behind it. `worked`: when the office last worked, if it ever did.
pub(super) fn with_next(
    text: Text,
    code: &str,
    office: &OfficeNumber,
    about: &About<'_>,
    worked: Option<Timestamp>,
) -> Text {
    let (Some(worked), Some(setting)) = (worked, address_of(code, about)) else {
        return with_command(text, code, office, about);
    };
    Text {
        dutch: format!(
            "{} Op {worked} werkte het nog: wacht, het wordt vanzelf opnieuw geprobeerd. Alleen als {setting} sindsdien moet \
             wijzigen, typ: `koppeling office edit {office} --set {setting}=<address>`.",
            text.dutch
        ),
        english: format!(
            "{} It worked at {worked}: wait, it is tried again by itself. Only if {setting} must change since then, type: \
             `koppeling office edit {office} --set {setting}=<address>`.",
            text.english
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::System;

    #[test]
    fn what_worked_before_is_waited_for() {
        let office = "12345".parse().unwrap_or_else(|_| unreachable!());
        let text = || Text { dutch: "Een zin.".to_owned(), english: "A sentence.".to_owned() };
        let about = About { system: Some(System::Advocaatcentraal), ..About::default() };
        let told = |code, worked| with_next(text(), code, &office, &about, worked).english;
        let worked = Some(Timestamp::from_millis(0));
        let waits = told("connection-refused", worked);
        assert!(waits.starts_with("A sentence. It worked at 1970-01-01T00:00:00Z: wait, "), "{waits}");
        assert!(
            told("connection-refused", None).contains("Type: `koppeling office edit 12345 --set advocaatcentraal-url=")
        );
        assert_eq!(told("brake-on", worked), "A sentence. Type: `koppeling brake list 12345`.");
    }
}
