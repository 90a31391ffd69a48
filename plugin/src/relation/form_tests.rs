use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;

fn same(form: Form, spellings: &[&str], canonical: &str) {
    for spelling in spellings {
        assert_eq!(form.canonical(spelling), canonical, "{form:?} of {spelling:?}");
    }
}

fn different(form: Form, one: &str, other: &str) {
    assert_ne!(form.canonical(one), form.canonical(other), "{form:?}");
}

#[test]
fn text_is_the_same_with_other_spaces_and_other_unicode() {
    same(Form::Text, &["Café  De Zon", " Cafe\u{301} De\u{a0}Zon\n"], "Café De Zon");
    different(Form::Text, "De Zon", "de zon");
}

#[test]
fn a_phone_number_is_the_same_however_it_is_grouped() {
    same(
        Form::Phone,
        &[
            "0205550123",
            "020-555 01 23",
            "(020) 555.01.23",
            "+31 20 555 01 23",
            "+31 (0)20 555 01 23",
            "0031 (0) 20 5550123",
            "+310205550123",
            "(+31) 20-5550123",
            "\u{202a}+31 20 5550123\u{202c}",
            "020\u{2011}5550123",
        ],
        "+31205550123",
    );
    same(Form::Phone, &["06-55501234", "+31 6 55501234"], "+31655501234");
    same(Form::Phone, &["0032 2 123 45 67", "+32 2 1234567", "+32 (0)2 123.45.67"], "+3221234567");
    same(Form::Phone, &["0800-1234", "0800 1234"], "+318001234");
    same(Form::Phone, &["14 020", "14020"], "14020");
    same(Form::Phone, &["112"], "112");
    same(Form::Phone, &["000 1234567"], "0001234567");
}

#[test]
fn what_stands_beside_a_phone_number_counts() {
    same(Form::Phone, &["020-1234567 tst 12", "0201234567  TST 12"], "+31201234567 tst 12");
    same(Form::Phone, &["06-12345678 (na 17u)"], "+31612345678 (na 17u)");
    different(Form::Phone, "020-1234567 tst 12", "020-1234567");
    different(Form::Phone, "020-1234567 tst 12", "020-1234567 tst 13");
}

#[test]
fn what_is_not_one_phone_number_is_text() {
    same(Form::Phone, &["geheim", "Geheim "], "geheim");
    same(Form::Phone, &["020-1234567 / 06-12345678"], "020-1234567 / 06-12345678");
    same(Form::Phone, &["tel. 020-1234567"], "tel. 020-1234567");
    same(Form::Phone, &["+31 20 1234567 + 12"], "+31 20 1234567 + 12");
    same(Form::Phone, &["-"], "-");
    different(Form::Phone, "020-1234567 / 06-12345678", "020-1234567 / 06-12345679");
}

#[test]
fn an_email_address_is_the_same_in_capitals() {
    same(Form::Email, &["Info@Voorbeeld.example", " info@voorbeeld.example "], "info@voorbeeld.example");
}

#[test]
fn a_website_is_the_same_with_and_without_scheme_and_slash() {
    same(
        Form::Website,
        &["www.voorbeeld.example", "https://WWW.Voorbeeld.example/", "http://www.voorbeeld.example"],
        "www.voorbeeld.example",
    );
    same(Form::Website, &["https://voorbeeld.example:8080/Over/"], "voorbeeld.example:8080/Over");
    different(Form::Website, "voorbeeld.example/Over", "voorbeeld.example/over");
    same(Form::Website, &["http://"], "");
}

#[test]
fn a_kvk_number_that_lost_its_zero_gets_it_back() {
    same(Form::Kvk, &["01234567", "1234567", "0123 4567", " 01.23.45.67"], "01234567");
    same(Form::Kvk, &["123456"], "123456");
    same(Form::Kvk, &["aangevraagd"], "aangevraagd");
}

#[test]
fn a_date_is_the_same_in_dutch_order() {
    same(Form::Date, &["1980-02-29", "29-02-1980", "1980-02-29T00:00:00", "1980-02-28T23:00:00Z"], "1980-02-29");
    same(Form::Date, &["1980"], "1980");
}

#[test]
fn a_gender_is_the_same_by_code_and_by_word_and_unknown_is_not_empty() {
    same(Form::Gender, &["O", "o", "onbekend", "Unknown"], "O");
    same(Form::Gender, &[""], "");
    same(Form::Gender, &["M", "man", "Male"], "M");
    same(Form::Gender, &["V", "Vrouw", "female"], "V");
    same(Form::Gender, &["X", "x"], "X");
    same(Form::Gender, &["Iets anders"], "iets anders");
}

#[test]
fn a_dutch_postcode_is_the_same_with_and_without_space_and_country() {
    same(Form::Postcode, &["1015 CS", "1015cs", "NL-1015 CS", "nl 1015CS"], "1015CS");
    same(Form::Postcode, &["01067"], "01067");
    same(Form::Postcode, &["sw1a 1aa"], "SW1A 1AA");
    same(Form::Postcode, &["0015 CS"], "0015 CS");
}

#[test]
fn a_country_is_the_same_by_name_and_by_code() {
    same(Form::Country, &["NL", "nl", "Nederland", "The Netherlands", "Holland", "NLD"], "NL");
    same(Form::Country, &["België", "Belgie\u{308}", "Belgium"], "BE");
    same(Form::Country, &["UK", "GB", "Groot-Brittannië"], "GB");
    same(Form::Country, &["JP"], "JP");
    same(Form::Country, &["Atlantis"], "atlantis");
}

#[test]
fn house_number_and_addition_are_compared_without_spaces_and_capitals() {
    same(Form::HouseNumber, &["12 HS", "12hs", " 12  hs "], "12hs");
    different(Form::HouseNumber, "12 14", "1214");
}

#[test]
fn empty_stays_empty() {
    for form in Form::ALL {
        assert_eq!(form.canonical(" \t\u{a0}"), "", "{form:?}");
    }
}

/// Texts of the kinds that stand in these fields, and any text at all.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9+() ./,a-z-]{0,24}",
        "(00|\\+|0|\\(\\+)?[0-9() -]{1,16}( ?(tst|of|/|\\() ?[0-9 a-z)]{0,12})?",
        "(https?://){0,2}[ A-Za-z0-9./?#-]{0,20}",
        "(NL[ -]?)?[0-9]{4} ?[A-Za-z]{2}",
        "[eEaAoO\u{300}\u{301}\u{308}\u{345}ΣςİıſK\u{a0} ß]{0,10}",
        "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}",
    ]
}

proptest! {
    #[test]
    fn a_canonical_form_is_its_own_canonical_form(text in texts()) {
        for form in Form::ALL {
            let once = form.canonical(&text);
            prop_assert_eq!(form.canonical(&once), once, "{:?}", form);
        }
    }

    #[test]
    fn composed_and_decomposed_text_are_the_same(text in texts()) {
        let composed: String = text.nfc().collect();
        let decomposed: String = text.nfd().collect();
        for form in Form::ALL {
            prop_assert_eq!(form.canonical(&composed), form.canonical(&decomposed), "{:?}", form);
            prop_assert_eq!(form.canonical(&composed), form.canonical(&text), "{:?}", form);
        }
    }
}
