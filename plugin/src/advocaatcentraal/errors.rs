//! What a refusal means where a dialect says more than its status.

use dialect::{Dialect, ErrorRule, Errors, Field, Meaning, Operation, Place, Pointer, WaitUnit};

use super::json::{Object, Value};
use super::oddity::text_at;
use super::reach::Owner;
use super::settings::Settings;
use super::veld::{
    ADRESSEN, BEDRIJF, CONTACTPERSOON, DOORKIESNUMMER, FUNCTIE, KOPPELINGEN, PARTICULIER, RELATIETYPEN, Veld, part_name,
};
use crate::answer;
use crate::ports::{NoAnswer, Response};
use crate::relation::{AddressPart, Instant};

/// What a server answered that was no plain success: for people, and only what looks like a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status, before any rule of a dialect.
    pub status: u16,
    /// The code, where the dialect has a place for it.
    pub code: Option<String>,
}

/// How long a code is at most that is told, and how many digits it has: what is longer may be data.
const LONGEST_CODE: usize = 24;
const MOST_DIGITS: usize = 4;

/// The answer with the status that says what the dialect's rules say of it, for [`answer::sort`] to read.
pub(super) fn read(
    settings: &Settings,
    at: &Operation,
    answer: Result<Response, NoAnswer>,
    now: Instant,
    told: &mut Option<Answered>,
) -> Result<Response, NoAnswer> {
    let mut response = answer?;
    let is_success = (200..300).contains(&response.status);
    *told = (!is_success).then_some(Answered { status: response.status, code: None });
    let Some(errors) = &settings.dialect.errors else { return Ok(response) };
    let is_error_inside = is_success && errors.inside.as_ref().is_some_and(|pointer| stands(&response, pointer));
    if is_error_inside || !is_success {
        let code = errors.code.as_ref().and_then(|pointer| text(&response, pointer));
        *told = Some(Answered { status: response.status, code: code.clone().filter(|code| is_code(code)) });
        let status = if is_success { 200 } else { u64::from(response.status) };
        let rule = errors.rules.iter().find(|rule| fits(rule, status, code.as_deref(), at));
        match rule {
            Some(rule) => response.status = status_of(&rule.means),
            // An error inside a success that no rule knows is a refusal.
            None if is_error_inside => response.status = 422,
            None => {}
        }
        translate_wait(errors, &mut response, now);
    }
    Ok(response)
}

/// Whether a success may be an error that cannot be read: the dialect has errors inside successes, and the body is cut off (D50).
pub(super) fn may_hide_one(settings: &Settings, response: &Response) -> bool {
    let has_inside = settings.dialect.errors.as_ref().is_some_and(|errors| errors.inside.is_some());
    has_inside && !response.body.iter().all(u8::is_ascii_whitespace) && body(response).is_none()
}

/// Whether a text looks like a code and not like data.
fn is_code(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (1..=LONGEST_CODE).contains(&text.len()) && text.bytes().all(is_plain) && digits <= MOST_DIGITS
}

fn fits(rule: &ErrorRule, status: u64, code: Option<&str>, at: &Operation) -> bool {
    let has_status = rule.statuses.is_empty() || rule.statuses.contains(&status);
    let has_code = rule.codes.is_empty() || code.is_some_and(|code| rule.codes.iter().any(|known| known == code));
    has_status && has_code && rule.at.as_ref().is_none_or(|known| known == at)
}

fn status_of(meaning: &Meaning) -> u16 {
    match meaning {
        Meaning::Credentials => 401,
        Meaning::Gone => 404,
        Meaning::Changed => 412,
        Meaning::Refused => 422,
        Meaning::Quota => 429,
        Meaning::Unavailable => 503,
        Meaning::Unknown => 500,
    }
}

/// Gives a wait that stands elsewhere where [`answer::sort`] looks for it.
fn translate_wait(errors: &Errors, response: &mut Response, now: Instant) {
    let found =
        errors.waits.iter().find_map(|wait| Some((response.header(&wait.header)?.trim().to_owned(), &wait.unit)));
    let wait = match found {
        Some((text, WaitUnit::Seconds | WaitUnit::HttpDate)) => Some(text),
        Some((text, WaitUnit::AtSeconds)) => text.parse::<u64>().ok().map(|at| {
            let now = answer::server_time(response).unwrap_or(now).as_millis() / 1000;
            at.saturating_sub(now).to_string()
        }),
        // That it was certainly not carried out is told by a wait.
        None if response.status == 503 && response.header("retry-after").is_none() => Some("60".to_owned()),
        None => None,
    };
    if let Some(wait) = wait {
        response.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("retry-after"));
        response.headers.push(("retry-after".to_owned(), wait));
    }
}

fn body(response: &Response) -> Option<Object> {
    Object::parse(answer::without_byte_order_mark(&response.body))
}

fn text(response: &Response, pointer: &Pointer) -> Option<String> {
    let body = body(response)?;
    match Value::of(body.at(pointer).ok()??.as_ref()) {
        Value::Text(text) => Some(text),
        Value::Scalar(number) => Some(number.to_owned()),
        _ => None,
    }
}

/// Whether something stands there that is neither null, nor false, nor empty.
fn stands(response: &Response, pointer: &Pointer) -> bool {
    let Some(body) = body(response) else { return false };
    let Ok(Some(found)) = body.at(pointer) else { return false };
    match Value::of(&found) {
        Value::Null | Value::Scalar("false" | "0") => false,
        Value::Text(text) => !text.trim().is_empty(),
        Value::List(rows) => !rows.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::Scalar(_) | Value::Broken => true,
    }
}

/// Our own name for the member that a refusal names, if it is one that such a record has. Whatever else stands there is
/// foreign text and goes no further. A success is looked into only where the dialect has refusals in it.
pub(super) fn named_member(settings: &Settings, owner: Owner, response: &Response) -> Option<&'static str> {
    let errors = settings.dialect.errors.as_ref()?;
    if (200..300).contains(&response.status) && errors.inside.is_none() {
        return None;
    }
    let body = body(response)?;
    let named = text_at(&body, errors.field.as_ref()?);
    known(&settings.dialect, owner, named.text()?)
}

fn known(dialect: &Dialect, owner: Owner, named: &str) -> Option<&'static str> {
    let relation = &dialect.relations.record;
    let is_at = |pointer: &Pointer| {
        let path = pointer.parts().join(".");
        let last = pointer.parts().last().map(String::as_str);
        !path.is_empty()
            && (named == path || Some(named) == last || named.trim_start_matches('/') == path.replace('.', "/"))
    };
    let is_place = |field: &&Field| match &field.place {
        Place::At(pointer) => is_at(pointer),
        Place::Pick(pick) => is_at(&pick.list) || is_at(&pick.list.then(&pick.at)),
    };
    let (velden, addresses) = match owner {
        Owner::Organisation => (BEDRIJF, &relation.addresses),
        Owner::PrivatePerson => (PARTICULIER, &relation.addresses),
        Owner::ContactPerson => (CONTACTPERSOON, &dialect.person()?.addresses),
    };
    let stands_there = |veld: &&Veld| match owner {
        Owner::ContactPerson => dialect.person().and_then(|of| veld.of_person(of)).filter(is_place).is_some(),
        _ => veld.of_relation(relation, owner == Owner::Organisation).filter(is_place).is_some(),
    };
    let mut fields = velden.iter().filter(stands_there);
    match (fields.next(), fields.next()) {
        (Some(veld), None) => return Some(veld.name()),
        // A list in which several of them stand names none.
        (Some(_), Some(_)) => return None,
        (None, _) => {}
    }
    in_address(addresses, &is_at).or_else(|| match owner {
        Owner::ContactPerson => in_positions(&dialect.person()?.positions, &is_at),
        _ => in_types(&relation.types, &is_at),
    })
}

fn in_types(types: &dialect::TypePlaces, is_at: &dyn Fn(&Pointer) -> bool) -> Option<&'static str> {
    let at = match types {
        dialect::TypePlaces::Words(at) | dialect::TypePlaces::One(at) => at,
        dialect::TypePlaces::Rows(rows) => &rows.at,
        dialect::TypePlaces::Always(_) => return None,
    };
    is_at(at).then_some(RELATIETYPEN)
}

fn in_positions(positions: &dialect::Positions, is_at: &dyn Fn(&Pointer) -> bool) -> Option<&'static str> {
    let (functie, phone, rows) = match positions {
        dialect::Positions::At(at) => (&at.functie, &at.doorkiesnummer, at.rows.as_ref()),
        dialect::Positions::Inside(inside) => (&inside.functie, &inside.doorkiesnummer, None),
    };
    let named = [(FUNCTIE, functie.as_ref()), (DOORKIESNUMMER, phone.as_ref()), (KOPPELINGEN, rows)];
    named.into_iter().find(|(_, at)| at.is_some_and(is_at)).map(|(name, _)| name)
}

fn in_address(addresses: &dialect::Addresses, is_at: &dyn Fn(&Pointer) -> bool) -> Option<&'static str> {
    let of_parts = |parts: &dialect::Parts| {
        let one = |at: &Option<Pointer>| at.as_ref().is_some_and(is_at);
        let is_number = parts.huisnummer.members().into_iter().any(is_at);
        let named = [
            (AddressPart::Huisnummer, is_number),
            (AddressPart::Straat, one(&parts.straat)),
            (AddressPart::Postcode, one(&parts.postcode)),
            (AddressPart::Plaats, one(&parts.plaats)),
            (AddressPart::Land, one(&parts.land)),
        ];
        named.into_iter().find(|(_, is_it)| *is_it).map(|(part, _)| part_name(part))
    };
    match addresses {
        dialect::Addresses::None => None,
        dialect::Addresses::Rows(rows) => of_parts(&rows.parts).or_else(|| is_at(&rows.at).then_some(ADRESSEN)),
        dialect::Addresses::Places(places) => {
            let places = [&places.hoofdkantoor, &places.postadres, &places.prive];
            places.into_iter().flatten().find_map(|place| of_parts(&place.parts))
        }
    }
}

#[cfg(test)]
#[path = "errors_tests.rs"]
mod tests;
