//! `GET`: lists, single entities, links, and how an entity looks on the wire.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::cell::Cell;
use super::character::{ExpandedRows, ExtraProperties, TextEquality, Unordered};
use super::computed::View;
use super::guid::Guid;
use super::model::{Kind, Model, Navigation, ONLY_WHEN_SELECTED};
use super::query::{self, Direction, Options};
use super::refusal::{ODATA_JSON, Refusal};
use super::store::Seen;
use crate::Response;

/// How one read is answered.
pub(super) struct Reading<'a> {
    pub(super) seen: Seen<'a>,
    pub(super) equality: TextEquality,
    pub(super) unordered: Unordered,
    pub(super) expanded_rows: ExpandedRows,
    pub(super) extra: ExtraProperties,
    /// Differs from call to call; shuffles lists without a total order.
    pub(super) shuffle: u64,
}

impl<'a> Reading<'a> {
    fn model(&self) -> &'a Model {
        &self.seen.store.model
    }

    /// `GET Set`.
    pub(super) fn list(&self, kind: Kind, query: &str) -> Result<Response, Refusal> {
        let options = query::parse(query, self.model(), kind)?;
        let ids = match options.filter.as_ref().filter(|_| self.seen.is_current()) {
            Some(filter) => match filter.candidates(self.seen.store, self.equality) {
                Some(ids) => ids.into_iter().filter(|id| self.seen.store.entity_of(*id, kind).is_some()).collect(),
                None => self.seen.store.ids(kind),
            },
            None => self.seen.store.ids(kind),
        };
        Ok(self.rows(kind, ids, &options))
    }

    fn rows(&self, kind: Kind, ids: Vec<Guid>, options: &Options) -> Response {
        let (views, total) = self.chosen(ids, options);
        let rows: Vec<Value> = views.into_iter().map(|view| Value::Object(self.entity(view, kind, options))).collect();
        let mut body = json!({ "@odata.context": self.context(kind), "value": rows });
        if let (true, Some(body)) = (options.count, body.as_object_mut()) {
            body.insert("@odata.count".to_owned(), total.into());
        }
        Response::json_with(200, ODATA_JSON, &body)
    }

    /// The rows that filter, order, skip and top leave, and how many there were before skip and top.
    fn chosen(&self, mut ids: Vec<Guid>, options: &Options) -> (Vec<View<'a>>, usize) {
        if self.unordered != Unordered::Stable {
            // Before the stable sort, so that rows with equal keys come in another order too.
            fastrand::Rng::with_seed(self.shuffle).shuffle(&mut ids);
        }
        let mut views: Vec<View<'a>> = ids
            .into_iter()
            .filter_map(|id| View::of(self.seen, id))
            .filter(|view| options.filter.as_ref().is_none_or(|filter| filter.holds(*view, self.equality)))
            .collect();
        if !options.order.is_empty() {
            let mut keyed: Vec<_> = views
                .into_iter()
                .map(|view| (options.order.iter().map(|(path, _)| path.value(view)).collect::<Vec<_>>(), view))
                .collect();
            keyed.sort_by(|(left, _), (right, _)| {
                let keys = left.iter().zip(right).zip(&options.order);
                keys.map(|((left, right), (_, direction))| {
                    let order = match (left, right) {
                        (Some(left), Some(right)) => left.compare(right).unwrap_or(Ordering::Equal),
                        (left, right) => left.is_some().cmp(&right.is_some()),
                    };
                    if *direction == Direction::Descending { order.reverse() } else { order }
                })
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
            });
            views = keyed.into_iter().map(|(_, view)| view).collect();
        }
        let total = views.len();
        if self.expanded_rows == ExpandedRows::ForEachExpanded && !options.count {
            let beside = |view: &View<'a>| options.expand.iter().filter(|end| view.follow(&end.link).is_some()).count();
            views = views.into_iter().flat_map(|view| std::iter::repeat_n(view, beside(&view).max(1))).collect();
        }
        let is_ordered = options.order.iter().any(|(path, _)| path.is_id());
        if self.unordered == Unordered::Repeating
            && !is_ordered
            && let [first, .., last] = views.as_mut_slice()
        {
            *last = *first;
        }
        (views.into_iter().skip(options.skip).take(options.top).collect(), total)
    }

    /// `GET Set(id)`.
    pub(super) fn single(&self, kind: Kind, id: Guid, query: &str) -> Result<Response, Refusal> {
        let options = query::parse(query, self.model(), kind)?;
        Ok(self.one(kind, self.view(kind, id)?, &options))
    }

    /// `GET Set(id)/Link`.
    pub(super) fn linked(&self, kind: Kind, id: Guid, link: &str, query: &str) -> Result<Response, Refusal> {
        let entity_type = self.model().entity_type(kind);
        let Some(navigation) = entity_type.navigations.get(link) else {
            let status = if entity_type.properties.contains_key(link) { 501 } else { 404 };
            return Err(Refusal::new(
                status,
                format!("The type '{}' has no property '{link}'.", entity_type.qualified()),
            ));
        };
        let target = navigation.target();
        let options = query::parse(query, self.model(), target)?;
        let view = self.view(kind, id)?;
        Ok(match navigation {
            Navigation::ToOne { .. } => match view.follow(link) {
                Some(end) => self.one(target, end, &options),
                None => Response::empty(204),
            },
            Navigation::ToMany { back, .. } => self.rows(target, self.ends(id, back, target), &options),
        })
    }

    fn view(&self, kind: Kind, id: Guid) -> Result<View<'a>, Refusal> {
        let view = View::of(self.seen, id).filter(|view| self.model().is_a(view.entity.kind, kind));
        view.ok_or_else(Refusal::not_found)
    }

    fn ends(&self, id: Guid, back: &[String], target: Kind) -> Vec<Guid> {
        let mut ends: Vec<Guid> = back
            .iter()
            .flat_map(|link| self.seen.store.referrers(id, link))
            .filter(|end| self.seen.store.entity_of(*end, target).is_some())
            .collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    }

    fn one(&self, kind: Kind, view: View<'a>, options: &Options) -> Response {
        self.one_with(200, kind, view, options)
    }

    /// One entity with its context, under that status.
    pub(super) fn one_with(&self, status: u16, kind: Kind, view: View<'a>, options: &Options) -> Response {
        let mut body = self.entity(view, kind, options);
        body.insert("@odata.context".to_owned(), format!("{}/$entity", self.context(kind)).into());
        Response::json_with(status, ODATA_JSON, &Value::Object(body))
    }

    fn context(&self, kind: Kind) -> String {
        format!("$metadata#{}", self.model().entity_type(kind).qualified())
    }

    fn entity(&self, view: View<'a>, kind: Kind, options: &Options) -> Map<String, Value> {
        let own = self.model().entity_type(view.entity.kind);
        let mut body = Map::new();
        let value = |name: &str| view.cell(name).map_or(Value::Null, |cell| cell.json());
        match &options.select {
            None => {
                for name in own.properties.keys().filter(|name| *name != ONLY_WHEN_SELECTED) {
                    body.insert(name.clone(), value(name));
                }
            }
            Some(names) => {
                for name in names.iter().filter(|name| own.properties.contains_key(*name)) {
                    body.insert(name.clone(), value(name));
                }
                if !names.iter().any(|name| name == "ID") {
                    // Tribe: seen (`@odata.id` appears exactly when `ID` was not selected; `ID` comes all the same).
                    let set = &self.model().entity_type(kind).set;
                    body.insert("@odata.id".to_owned(), format!("{set}({})", view.id).into());
                    body.insert("ID".to_owned(), value("ID"));
                }
            }
        }
        if self.extra == ExtraProperties::Some {
            body.insert("@odata.type".to_owned(), format!("#{}", own.qualified()).into());
            body.insert("_Colour".to_owned(), json!({ "Code": 7, "Names": ["blauw", null] }));
            body.insert("_9ecc8d21__f69a__4f4c__a239__5db7a5f21ddd".to_owned(), Value::Null);
            // An unasked marker must not pass for another record's.
            body.entry(ONLY_WHEN_SELECTED).or_insert_with(|| value(ONLY_WHEN_SELECTED));
        }
        for expand in &options.expand {
            let Some(navigation) = own.navigations.get(&expand.link) else {
                continue;
            };
            if let Some(Cell::Odd(odd)) = view.cell(&expand.link) {
                body.insert(expand.link.clone(), odd);
                continue;
            }
            let end = match navigation {
                Navigation::ToOne { target } => view
                    .follow(&expand.link)
                    .map_or(Value::Null, |end| Value::Object(self.entity(end, *target, &expand.options))),
                Navigation::ToMany { target, back } => {
                    let (ends, _) = self.chosen(self.ends(view.id, back, *target), &expand.options);
                    ends.into_iter().map(|end| Value::Object(self.entity(end, *target, &expand.options))).collect()
                }
            };
            body.insert(expand.link.clone(), end);
        }
        body
    }
}
