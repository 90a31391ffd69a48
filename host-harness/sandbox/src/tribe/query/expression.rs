//! `$filter`: a small part of OData's expressions, the part that Tribe is known to understand.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::super::cell::Cell;
use super::super::character::TextEquality;
use super::super::computed::View;
use super::super::edm::Edm;
use super::super::guid::Guid;
use super::super::model::{Kind, Model, Navigation};
use super::super::refusal::Refusal;
use super::super::store::Store;
use super::tokens::{Token, tokens};
use crate::Instant;
use crate::instant::is_date;

/// Brackets within brackets.
const DEEPEST: usize = 64;

/// A property, over links to one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    links: Vec<String>,
    property: String,
    edm: Edm,
}

impl Path {
    /// Whether it is the record's own id, which no two rows share.
    pub(crate) fn is_id(&self) -> bool {
        self.links.is_empty() && self.property == "ID"
    }

    /// Reads `A/B/Property` from a type on.
    pub(crate) fn parse(text: &str, model: &Model, kind: Kind) -> Result<Self, Refusal> {
        let mut parts: Vec<&str> = text.split('/').collect();
        let property = parts.pop().unwrap_or_default();
        let sound = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.chars().all(|next| next.is_ascii_alphanumeric() || next == '_')
        };
        if !parts.iter().chain([&property]).all(|name| sound(name)) {
            return Err(Refusal::malformed());
        }
        let mut kind = kind;
        for link in &parts {
            let entity_type = model.entity_type(kind);
            kind = match entity_type.navigations.get(*link) {
                Some(Navigation::ToOne { target }) => *target,
                Some(Navigation::ToMany { .. }) => return Err(Refusal::malformed()),
                None => {
                    return Err(Refusal::unknown_in_expression(link, &entity_type.qualified()));
                }
            };
        }
        let entity_type = model.entity_type(kind);
        let edm = entity_type.properties.get(property);
        let edm = *edm.ok_or_else(|| Refusal::unknown_in_expression(property, &entity_type.qualified()))?;
        let links = parts.into_iter().map(str::to_owned).collect();
        Ok(Self { links, property: property.to_owned(), edm })
    }

    /// The value; none for null, and where a link on the way is empty.
    pub(crate) fn value<'a>(&self, view: View<'a>) -> Option<Cell<'a>> {
        let mut view = view;
        for link in &self.links {
            view = view.follow(link)?;
        }
        view.cell(&self.property)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    Path(Path),
    Literal(Cell<'static>),
    Null,
}

impl Operand {
    fn value<'a>(&'a self, view: View<'a>) -> Option<Cell<'a>> {
        match self {
            Self::Path(path) => path.value(view),
            Self::Literal(cell) => Some(cell.borrowed()),
            Self::Null => None,
        }
    }

    fn edm(&self) -> Option<Edm> {
        match self {
            Self::Path(path) => Some(path.edm),
            Self::Null => None,
            Self::Literal(cell) => Some(match cell {
                Cell::Guid(_) => Edm::Guid,
                Cell::Text(_) => Edm::Text,
                Cell::Double(_) => Edm::Double,
                Cell::Whole(_) => Edm::Int64,
                Cell::Truth(_) => Edm::Truth,
                Cell::Moment(_) => Edm::Moment,
                Cell::Date(_) => Edm::Date,
                // No literal is one.
                Cell::Odd(_) => Edm::Text,
            }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFunction {
    Contains,
    StartsWith,
    EndsWith,
}

/// A condition on a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    /// At least one.
    Any(Vec<Self>),
    /// Each.
    All(Vec<Self>),
    /// Not.
    Not(Box<Self>),
    /// A comparison.
    Compare(Comparison, Operand, Operand),
    /// A text function, without regard to capitals. Tribe: documented.
    Text(TextFunction, Operand, Operand),
    /// A value that is true or false by itself.
    Truth(Operand),
}

impl Expression {
    /// Reads a `$filter` on a type.
    pub(crate) fn parse(text: &str, model: &Model, kind: Kind) -> Result<Self, Refusal> {
        let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), model, kind, depth: 0 };
        let expression = parser.any()?;
        if parser.tokens.next().is_some() { Err(Refusal::malformed()) } else { Ok(expression) }
    }

    /// Whether the row is left. What is neither true nor false, for a null in it, is not.
    pub(crate) fn holds(&self, view: View<'_>, equality: TextEquality) -> bool {
        self.truth(view, equality) == Some(true)
    }

    fn truth(&self, view: View<'_>, equality: TextEquality) -> Option<bool> {
        match self {
            Self::Any(parts) => three_valued(parts.iter().map(|part| part.truth(view, equality)), true),
            Self::All(parts) => three_valued(parts.iter().map(|part| part.truth(view, equality)), false),
            Self::Not(part) => part.truth(view, equality).map(|truth| !truth),
            Self::Compare(comparison, left, right) => {
                compare(*comparison, left.value(view).as_ref(), right.value(view).as_ref(), equality)
            }
            Self::Text(function, whole, part) => {
                let (whole, part) = (whole.value(view)?, part.value(view)?);
                let (whole, part) = (whole.text()?.to_lowercase(), part.text()?.to_lowercase());
                Some(match function {
                    TextFunction::Contains => whole.contains(&part),
                    TextFunction::StartsWith => whole.starts_with(&part),
                    TextFunction::EndsWith => whole.ends_with(&part),
                })
            }
            Self::Truth(operand) => match operand.value(view)? {
                Cell::Truth(truth) => Some(truth),
                _ => None,
            },
        }
    }

    /// The only rows that can pass, where an index tells. Keeps a look-up by id or marker from being a scan.
    pub(crate) fn candidates(&self, store: &Store, equality: TextEquality) -> Option<BTreeSet<Guid>> {
        match self {
            Self::Any(parts) => {
                let sets: Option<Vec<_>> = parts.iter().map(|part| part.candidates(store, equality)).collect();
                Some(sets?.into_iter().flatten().collect())
            }
            Self::All(parts) => parts.iter().find_map(|part| part.candidates(store, equality)),
            Self::Compare(Comparison::Equal, Operand::Path(path), Operand::Literal(literal)) => {
                match (path.links.as_slice(), path.property.as_str(), literal) {
                    ([], "ID", Cell::Guid(id)) => Some(BTreeSet::from([*id])),
                    ([link], "ID", Cell::Guid(id)) => Some(store.referrers(*id, link).collect()),
                    ([], "ImportId", Cell::Text(text)) if equality == TextEquality::CaseSensitive => {
                        Some(store.with_import_id(text).collect())
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// `or` (decided by a true) and `and` (decided by a false) over values that may be null.
fn three_valued(parts: impl Iterator<Item = Option<bool>>, decides: bool) -> Option<bool> {
    let mut result = Some(!decides);
    for part in parts {
        match part {
            Some(truth) if truth == decides => return Some(decides),
            None => result = None,
            Some(_) => {}
        }
    }
    result
}

fn compare(
    comparison: Comparison,
    left: Option<&Cell<'_>>,
    right: Option<&Cell<'_>>,
    equality: TextEquality,
) -> Option<bool> {
    let (left, right) = match (left, right) {
        (Some(left), Some(right)) => (left, right),
        // OData: null equals null and nothing else; an order with null is false.
        (left, right) => {
            return Some(match comparison {
                Comparison::Equal => left.is_none() && right.is_none(),
                Comparison::NotEqual => left.is_some() || right.is_some(),
                _ => false,
            });
        }
    };
    if let (Comparison::Equal | Comparison::NotEqual, TextEquality::CaseInsensitive, Some(left), Some(right)) =
        (comparison, equality, left.text(), right.text())
    {
        let equal = left.to_lowercase() == right.to_lowercase();
        return Some(equal == (comparison == Comparison::Equal));
    }
    let order = left.compare(right)?;
    Some(match comparison {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
    })
}

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    model: &'a Model,
    kind: Kind,
    depth: usize,
}

impl Parser<'_> {
    fn word(&mut self, word: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Word(next) if next == word)).is_some()
    }

    fn any(&mut self) -> Result<Expression, Refusal> {
        let first = self.all()?;
        let mut parts = vec![first];
        while self.word("or") {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, Refusal> {
        let first = self.not()?;
        let mut parts = vec![first];
        while self.word("and") {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Expression::All))
    }

    fn not(&mut self) -> Result<Expression, Refusal> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Refusal::malformed());
        }
        let expression = if self.word("not") { Expression::Not(Box::new(self.not()?)) } else { self.condition()? };
        self.depth -= 1;
        Ok(expression)
    }

    fn condition(&mut self) -> Result<Expression, Refusal> {
        if self.tokens.next_if_eq(&Token::Open).is_some() {
            let expression = self.any()?;
            self.expect(&Token::Close)?;
            return Ok(expression);
        }
        let left = match self.tokens.next().ok_or_else(Refusal::malformed)? {
            Token::Word(name) if self.tokens.peek() == Some(&Token::Open) => {
                return self.function(&name);
            }
            token => self.operand(token)?,
        };
        let comparison = match self.tokens.next_if(|token| matches!(token, Token::Word(word) if !joins(word))) {
            None if left.edm() == Some(Edm::Truth) => return Ok(Expression::Truth(left)),
            None => return Err(Refusal::malformed()),
            Some(Token::Word(operator)) => comparison(&operator)?,
            Some(_) => return Err(Refusal::malformed()),
        };
        let token = self.tokens.next().ok_or_else(Refusal::malformed)?;
        let right = self.operand(token)?;
        compatible(&left, &right)?;
        Ok(Expression::Compare(comparison, left, right))
    }

    fn function(&mut self, name: &str) -> Result<Expression, Refusal> {
        let function = match name {
            "contains" => TextFunction::Contains,
            "startswith" => TextFunction::StartsWith,
            "endswith" => TextFunction::EndsWith,
            // `in`, `any`, `all`, dates and arithmetic are not known to work. Tribe: documented for `in`.
            _ => return Err(Refusal::malformed()),
        };
        self.expect(&Token::Open)?;
        let whole = self.tokens.next().ok_or_else(Refusal::malformed)?;
        let whole = self.operand(whole)?;
        self.expect(&Token::Comma)?;
        let part = self.tokens.next().ok_or_else(Refusal::malformed)?;
        let part = self.operand(part)?;
        self.expect(&Token::Close)?;
        if [&whole, &part].iter().any(|operand| operand.edm().is_some_and(|edm| edm != Edm::Text)) {
            return Err(Refusal::bad("The types of the parameters of the function do not fit."));
        }
        Ok(Expression::Text(function, whole, part))
    }

    fn operand(&mut self, token: Token) -> Result<Operand, Refusal> {
        match token {
            Token::Text(text) => Ok(Operand::Literal(Cell::Text(Cow::Owned(text)))),
            Token::Word(word) => match literal(&word) {
                Some(operand) => Ok(operand),
                None => Path::parse(&word, self.model, self.kind).map(Operand::Path),
            },
            Token::Open | Token::Close | Token::Comma => Err(Refusal::malformed()),
        }
    }

    fn expect(&mut self, token: &Token) -> Result<(), Refusal> {
        self.tokens.next_if_eq(token).map(|_| ()).ok_or_else(Refusal::malformed)
    }
}

fn one_or(mut parts: Vec<Expression>, many: impl FnOnce(Vec<Expression>) -> Expression) -> Expression {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    many(parts)
}

fn joins(word: &str) -> bool {
    matches!(word, "and" | "or")
}

fn comparison(operator: &str) -> Result<Comparison, Refusal> {
    Ok(match operator {
        "eq" => Comparison::Equal,
        "ne" => Comparison::NotEqual,
        "gt" => Comparison::Greater,
        "ge" => Comparison::GreaterOrEqual,
        "lt" => Comparison::Less,
        "le" => Comparison::LessOrEqual,
        _ => return Err(Refusal::malformed()),
    })
}

/// A literal without quotes; none for a name.
fn literal(word: &str) -> Option<Operand> {
    let cell = match word {
        "null" => return Some(Operand::Null),
        "true" => Cell::Truth(true),
        "false" => Cell::Truth(false),
        _ => {
            if let Ok(guid) = word.parse::<Guid>() {
                Cell::Guid(guid)
            } else if let Ok(whole) = word.parse::<i64>() {
                Cell::Whole(whole)
            } else if is_date(word) {
                Cell::Date(word.to_owned().into())
            } else if !word.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
                return None;
            } else if let Ok(number) = word.parse::<f64>() {
                Cell::Double(number)
            } else {
                // A stamp must say its offset. Tribe: seen (`Z`, and an offset with a raw plus).
                let zoned =
                    word.contains('T') && (word.ends_with('Z') || word.contains('+') || word.matches('-').count() == 3);
                Cell::Moment(Instant::parse(word).filter(|_| zoned)?)
            }
        }
    };
    Some(Operand::Literal(cell))
}

fn compatible(left: &Operand, right: &Operand) -> Result<(), Refusal> {
    let (Some(left), Some(right)) = (left.edm(), right.edm()) else {
        return Ok(());
    };
    let number = |edm| matches!(edm, Edm::Double | Edm::Int32 | Edm::Int64);
    if left == right || (number(left) && number(right)) {
        Ok(())
    } else {
        let (left, right) = (left.name(), right.name());
        Err(Refusal::bad(format!("The types '{left}' and '{right}' are not compatible.")))
    }
}

#[cfg(test)]
#[path = "expression_tests.rs"]
mod tests;
