//! `$select`, `$expand`, `$filter`, `$orderby`, `$top`, `$skip` and `$count`.

use super::super::model::{Kind, Model};
use super::super::refusal::Refusal;
use super::expression::{Expression, Path};
use crate::http::{percent_decode, query_pairs};

/// Rows of one answer at most. Tribe: documented; that more is clipped and not refused is assumed.
const MOST_ROWS: usize = 100;
/// Expansions within expansions. Three are seen in use.
const DEEPEST: usize = 8;

/// Which way a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ascending,
    Descending,
}

/// A link to follow, and how its end is shown.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expand {
    pub(crate) link: String,
    pub(crate) options: Options,
}

/// The options of one list or one link.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Options {
    /// None for all.
    pub(crate) select: Option<Vec<String>>,
    pub(crate) expand: Vec<Expand>,
    pub(crate) filter: Option<Expression>,
    pub(crate) order: Vec<(Path, Direction)>,
    pub(crate) top: usize,
    pub(crate) skip: usize,
    pub(crate) count: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            select: None,
            expand: Vec::new(),
            filter: None,
            order: Vec::new(),
            top: MOST_ROWS,
            skip: 0,
            count: false,
        }
    }
}

/// Whether more rows are asked for than one answer holds.
pub(crate) fn asks_for_too_many(query: &str) -> bool {
    let top = query_pairs(query).find(|(name, _)| matches!(*name, "$top" | "%24top"));
    top.and_then(|(_, value)| value.parse::<usize>().ok()).is_some_and(|top| top > MOST_ROWS)
}

/// Reads a query, still encoded, on a type. Names that do not begin with `$` are passed over.
pub(crate) fn parse(query: &str, model: &Model, kind: Kind) -> Result<Options, Refusal> {
    let mut pairs = Vec::new();
    for (name, value) in query_pairs(query) {
        let decode = |text: &str| percent_decode(text).ok_or_else(Refusal::malformed);
        pairs.push((decode(name)?, decode(value)?));
    }
    read(&pairs, model, kind, 0)
}

fn read(pairs: &[(String, String)], model: &Model, kind: Kind, depth: usize) -> Result<Options, Refusal> {
    if depth > DEEPEST {
        return Err(Refusal::malformed());
    }
    let mut options = Options::default();
    let mut seen: Vec<&str> = Vec::new();
    for (name, value) in pairs {
        if !name.starts_with('$') {
            continue;
        }
        if seen.contains(&name.as_str()) {
            return Err(Refusal::bad(format!("The system query option '{name}' must not occur more than once.")));
        }
        seen.push(name);
        match name.as_str() {
            "$select" => options.select = select(value, model, kind)?,
            "$expand" => {
                for part in split(value, ',')? {
                    options.expand.push(expand(part.trim(), model, kind, depth)?);
                }
            }
            "$filter" => options.filter = Some(Expression::parse(value, model, kind)?),
            "$orderby" => {
                for part in value.split(',') {
                    options.order.push(order(part, model, kind)?);
                }
            }
            "$top" => options.top = number(name, value)?.min(MOST_ROWS),
            "$skip" => options.skip = number(name, value)?,
            "$count" => options.count = truth(name, value)?,
            "$format" => {}
            "$search" | "$apply" | "$compute" | "$skiptoken" | "$deltatoken" | "$levels" => {
                return Err(Refusal::new(501, "Not implemented."));
            }
            _ => {
                return Err(Refusal::bad(format!("The system query option '{name}' is not defined.")));
            }
        }
    }
    Ok(options)
}

fn select(value: &str, model: &Model, kind: Kind) -> Result<Option<Vec<String>>, Refusal> {
    let entity_type = model.entity_type(kind);
    let mut names = Vec::new();
    for name in value.split(',').map(str::trim) {
        if name == "*" {
            return Ok(None);
        }
        if !entity_type.properties.contains_key(name) && !entity_type.navigations.contains_key(name) {
            return Err(Refusal::unknown_in_expression(name, &entity_type.qualified()));
        }
        names.push(name.to_owned());
    }
    Ok(Some(names))
}

fn expand(text: &str, model: &Model, kind: Kind, depth: usize) -> Result<Expand, Refusal> {
    let (link, nested) = match text.split_once('(') {
        None => (text, ""),
        Some((link, nested)) => (link, nested.strip_suffix(')').ok_or_else(Refusal::malformed)?),
    };
    let entity_type = model.entity_type(kind);
    let navigation = entity_type.navigations.get(link);
    let navigation = navigation.ok_or_else(|| Refusal::unknown_in_expression(link, &entity_type.qualified()))?;
    let mut pairs = Vec::new();
    for part in split(nested, ';')?.into_iter().filter(|part| !part.trim().is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(Refusal::malformed)?;
        pairs.push((name.trim().to_owned(), value.to_owned()));
    }
    let options = read(&pairs, model, navigation.target(), depth + 1)?;
    Ok(Expand { link: link.to_owned(), options })
}

fn order(text: &str, model: &Model, kind: Kind) -> Result<(Path, Direction), Refusal> {
    let mut words = text.split_whitespace();
    let path = Path::parse(words.next().ok_or_else(Refusal::malformed)?, model, kind)?;
    let direction = match words.next() {
        None | Some("asc") => Direction::Ascending,
        Some("desc") => Direction::Descending,
        Some(_) => return Err(Refusal::malformed()),
    };
    if words.next().is_some() { Err(Refusal::malformed()) } else { Ok((path, direction)) }
}

fn number(name: &str, value: &str) -> Result<usize, Refusal> {
    value.parse().map_err(|_| invalid(name, value))
}

fn truth(name: &str, value: &str) -> Result<bool, Refusal> {
    value.parse().map_err(|_| invalid(name, value))
}

fn invalid(name: &str, value: &str) -> Refusal {
    Refusal::bad(format!("The system query option '{name}' has the not-allowed value '{value}'."))
}

/// Splits where the separator stands outside brackets and quotes.
fn split(text: &str, separator: char) -> Result<Vec<&str>, Refusal> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_u32, false);
    for (place, next) in text.char_indices() {
        match next {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or_else(Refusal::malformed)?,
            _ if next == separator && depth == 0 => {
                parts.push(text.get(start..place).unwrap_or_default());
                start = place + next.len_utf8();
            }
            _ => {}
        }
    }
    if depth > 0 || quoted {
        return Err(Refusal::malformed());
    }
    parts.push(text.get(start..).unwrap_or_default());
    Ok(parts)
}
