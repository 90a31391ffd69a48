//! The functions' names in a component, short.
//!
//! A trap is read by them, so they stay; but a compiler's name holds the type arguments, twice the path and a hash, and
//! all names together would be a sixth of the file. What the tools around the component need of debugging names, and
//! no trap shows, goes; and so do the names of what is written out anew for each type (a `Vec`'s `from_iter`, what drops a
//! value, serde's readers): there are two thousand of those, and the function that calls them says more.

use wasm_encoder::{Component, ComponentSectionId, Module, NameMap, NameSection, RawSection};
use wasmparser::{BinaryReader, KnownCustom, Name, NameSectionReader, Parser, Payload};

use crate::ReleaseError;

/// The component with short names for its functions, and without other names.
pub fn shorten(component: &[u8]) -> Result<Vec<u8>, ReleaseError> {
    map_modules(component, shorten_module)
}

/// The component with each of its modules as `map` gives it back, and without names of its own.
pub(crate) fn map_modules(
    component: &[u8],
    map: impl Fn(&[u8]) -> Result<Vec<u8>, ReleaseError>,
) -> Result<Vec<u8>, ReleaseError> {
    let mut out = Component::new();
    each_section(component, |payload, id, data| {
        match payload {
            Payload::CustomSection(custom) if matches!(custom.as_known(), KnownCustom::ComponentName(_)) => {}
            Payload::ModuleSection { .. } => {
                let module = map(data)?;
                out.section(&RawSection { id: ComponentSectionId::CoreModule.into(), data: &module });
            }
            _ => {
                out.section(&RawSection { id, data });
            }
        }
        Ok(())
    })?;
    Ok(out.finish())
}

fn shorten_module(module: &[u8]) -> Result<Vec<u8>, ReleaseError> {
    let mut out = Module::new();
    each_section(module, |payload, id, data| {
        match payload {
            Payload::CustomSection(custom) => match custom.as_known() {
                KnownCustom::Name(names) => {
                    out.section(&functions_only(names)?);
                }
                _ => {
                    out.section(&RawSection { id, data });
                }
            },
            _ => {
                out.section(&RawSection { id, data });
            }
        }
        Ok(())
    })?;
    Ok(out.finish())
}

/// Hands over the sections of the outermost module or component, each with its number and its bytes.
fn each_section(
    binary: &[u8],
    mut take: impl FnMut(&Payload<'_>, u8, &[u8]) -> Result<(), ReleaseError>,
) -> Result<(), ReleaseError> {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(binary) {
        let payload = payload?;
        let section = if depth == 0 { payload.as_section() } else { None };
        if let Some((id, range)) = section {
            let data = binary.get(range).ok_or(ReleaseError::Component("a section lies outside the file"))?;
            take(&payload, id, data)?;
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn functions_only(names: NameSectionReader<'_>) -> Result<NameSection, ReleaseError> {
    let mut functions = NameMap::new();
    for subsection in names {
        if let Name::Function(map) = subsection? {
            for naming in map {
                let naming = naming?;
                if !is_for_each_type(naming.name) {
                    functions.append(naming.index, &short(naming.name));
                }
            }
        }
    }
    let mut section = NameSection::new();
    section.functions(&functions);
    Ok(section)
}

/// Whether a compiler's name is one of a library's that writes its functions out for each type. Where a panic begins is
/// always named.
fn is_for_each_type(symbol: &str) -> bool {
    let demangled =
        rustc_demangle::try_demangle(symbol).or_else(|_| rustc_demangle::try_demangle(without_number(symbol)));
    let Ok(demangled) = demangled else { return false };
    let full = format!("{demangled:#}");
    let path = full.trim_start_matches(['_', '<', '&', '[', '(', '*']);
    let path = path.trim_start_matches("mut ").trim_start_matches("const ").trim_start_matches("dyn ");
    let of_crate = path.split([':', ' ', '>', ',']).next().unwrap_or_default();
    // What serde derives stands in a block without a name.
    let is_derived = full.contains("::_::");
    !full.contains("panic") && (is_derived || of_crate.len() < 3 || FOR_EACH_TYPE.contains(&of_crate))
}

/// The crates that do so. A type argument has a name of a letter or two.
const FOR_EACH_TYPE: [&str; 7] = ["core", "alloc", "std", "serde", "serde_core", "ciborium", "litemap"];

/// A compiler's name as a person would say it: `sync::reconcile::Engine::plan`, `Vec::from_iter`.
///
/// The connector's own functions keep the path within the crate, others the last two parts of theirs. Names that are no
/// Rust (`memcpy`, an export's) stay as they are.
fn short(symbol: &str) -> String {
    let demangled =
        rustc_demangle::try_demangle(symbol).or_else(|_| rustc_demangle::try_demangle(without_number(symbol)));
    let Ok(demangled) = demangled else { return symbol.to_owned() };
    let full = format!("{demangled:#}");
    let (own, parts) = match parts(&full).split_first() {
        Some((first, rest)) if first == OWN_CRATE => (true, rest.to_vec()),
        _ => (false, parts(&full)),
    };
    let kept = if own { 0 } else { parts.len().saturating_sub(2) };
    parts.get(kept..).unwrap_or_default().join("::")
}

/// Of several functions of one name the optimiser numbers all but one: `…_2828`.
fn without_number(symbol: &str) -> &str {
    symbol.trim_end_matches(|character: char| character.is_ascii_digit()).trim_end_matches('_')
}

const OWN_CRATE: &str = "advocaatcentraal_tribe";

/// The parts of a path, without type arguments; of the type that a path begins with its name.
fn parts(path: &str) -> Vec<String> {
    split(path, "::")
        .into_iter()
        .enumerate()
        .filter_map(|(place, part)| match part.strip_prefix('<').or_else(|| part.strip_prefix("_<")) {
            Some(inner) if place == 0 || part.contains(" as ") || part.contains("impl ") => {
                Some(name_of_type(inner.strip_suffix('>').unwrap_or(inner)))
            }
            Some(_) => None,
            None => Some(part.split('<').next()?.to_owned()),
        })
        .filter(|part| !part.is_empty())
        .collect()
}

/// Of `A as Trait`, `impl Trait for A`, `impl A`, `&mut path::A<B>`: `A`.
fn name_of_type(text: &str) -> String {
    let text = text.strip_prefix("impl ").unwrap_or(text);
    let of_impl = split(text, " for ").pop().unwrap_or(text);
    let own = split(of_impl, " as ").first().copied().unwrap_or(of_impl);
    let bare = own.trim_start_matches(['&', '*']).trim_start_matches("mut ").trim_start_matches("const ");
    parts(bare).pop().unwrap_or_else(|| bare.to_owned())
}

/// Splits where no bracket is open.
fn split<'a>(text: &'a str, by: &str) -> Vec<&'a str> {
    let (mut parts, mut begin, mut open) = (Vec::new(), 0, 0_usize);
    for (place, character) in text.char_indices() {
        let before = text.get(..place).unwrap_or_default();
        match character {
            '<' | '(' | '[' | '{' => open += 1,
            // Not the arrow of `fn(A) -> B`.
            '>' if before.ends_with('-') => {}
            '>' | ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 && place >= begin && text.get(place..).is_some_and(|rest| rest.starts_with(by)) {
            parts.push(text.get(begin..place).unwrap_or_default());
            begin = place + by.len();
        }
    }
    parts.push(text.get(begin..).unwrap_or_default());
    parts
}

/// The names of all functions of a component, as a trap would show them.
pub fn function_names(component: &[u8]) -> Result<Vec<String>, ReleaseError> {
    let mut all = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::CustomSection(custom) = payload?
            && custom.name() == "name"
        {
            for subsection in NameSectionReader::new(BinaryReader::new(custom.data(), custom.data_offset())) {
                if let Name::Function(map) = subsection? {
                    for naming in map {
                        all.push(naming?.name.to_owned());
                    }
                }
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_where_and_leaves_out_types_and_hashes() {
        for (symbol, expected) in [
            (
                "_ZN22advocaatcentraal_tribe4sync9reconcile62_$LT$impl$u20$advocaatcentraal_tribe..sync..engine..Engine$GT$9reconcile17h313d56a19496c5a8E",
                "sync::reconcile::Engine::reconcile",
            ),
            (
                "_ZN98_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$alloc..vec..spec_from_iter..SpecFromIter$LT$T$C$I$GT$$GT$9from_iter17h0123456789abcdefE",
                "Vec::from_iter",
            ),
            ("_RNvMs3_NtCs8jb7XIKFSSy_5alloc3stre12to_lowercase", "str::to_lowercase"),
            ("_RNvNtNtNtNtCs9pv848UzQwQ_4core3num7flt2dec8strategy6dragon15format_shortest", "dragon::format_shortest"),
            ("_RNvMs3_NtCs8jb7XIKFSSy_5alloc3stre12to_lowercase_2828", "str::to_lowercase"),
            ("memcpy", "memcpy"),
            ("advocaatcentraal:tribe-sync/sync@0.1.0#poll", "advocaatcentraal:tribe-sync/sync@0.1.0#poll"),
        ] {
            assert_eq!(short(symbol), expected);
        }
    }

    #[test]
    fn what_is_written_out_for_each_type_has_no_name_and_where_a_panic_begins_has_one() {
        for (symbol, expected) in [
            (
                "_ZN98_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$alloc..vec..spec_from_iter..SpecFromIter$LT$T$C$I$GT$$GT$9from_iter17h0123456789abcdefE",
                true,
            ),
            ("_ZN36_$LT$T$u20$as$u20$core..any..Any$GT$7type_id17h0123456789abcdefE", true),
            ("_ZN4core9panicking5panic17h0123456789abcdefE", false),
            ("_ZN22advocaatcentraal_tribe4sync4walk4page17h0123456789abcdefE", false),
            ("_ZN10serde_json2de10from_slice17h0123456789abcdefE", false),
            ("memcpy", false),
        ] {
            assert_eq!(is_for_each_type(symbol), expected, "{symbol}");
        }
    }

    #[test]
    fn a_closure_is_named_after_where_it_stands() {
        let symbol = "_ZN22advocaatcentraal_tribe4sync4walk4page28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE";
        assert_eq!(short(symbol), "sync::walk::page::{{closure}}");
    }
}
