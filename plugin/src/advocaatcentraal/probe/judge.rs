//! What follows for each assumption from what a probe has seen: pure.
//!
//! Where the answers do not say it for sure, it is not to be told: an office of one relation, stamps that are all equal,
//! a list that is neither complete nor in order. A false "holds" would be believed until the first write.

use dialect::{ChangedSince, Dialect, Paging, Persons, Types, Version};

use super::super::json::Value;
use super::super::{Page, Record, Relatie, Status};
use super::filtered::{Filtered, Order, order};
use super::forms::{Form, expected, form, leaves_out, odd_members};
use super::line::Line;
use super::line::What::{self, Differs, Failed, Holds, Unknown};
use super::seen::{Question, ROWS, Seen, readable};
use crate::answer::Failure;
use crate::relation::RelatietypeId;
use crate::set::Set;
use crate::wording::Probed;

/// What holds of each assumption.
pub(super) fn judge(dialect: &Dialect, seen: &Seen) -> Vec<Line> {
    let list = format!("/relations/lists/{}", seen.list);
    let mut judge = Judge { dialect, seen, list, lines: Vec::new() };
    let is_answered = judge.reached();
    // What the first question was refused for, the rest would be: told once.
    if judge.seen.first.is_some() && is_answered {
        judge.forms();
        judge.persons();
        judge.pages();
        judge.order();
        judge.changes();
        judge.stamps();
        judge.add("A6", Unknown(Probed::NotByReading), None);
        judge.single();
        judge.missing();
        judge.deleted();
        judge.add("A12", Unknown(Probed::NotByReading), None);
        judge.types();
        judge.add("A14", Unknown(Probed::OnlyByWriting), None);
    }
    judge.lines
}

/// What is wrong with a further list.
pub(super) fn judge_another(dialect: &Dialect, seen: &Seen) -> Vec<Line> {
    let list = format!("/relations/lists/{}", seen.list);
    let mut judge = Judge { dialect, seen, list, lines: Vec::new() };
    judge.forms();
    judge.pages();
    judge.order();
    judge.changes();
    judge.stamps();
    judge.single();
    judge.lines.retain(|line| matches!(line.what, Differs(_) | Failed(_)));
    judge.lines
}

struct Judge<'s> {
    dialect: &'s Dialect,
    seen: &'s Seen,
    /// The pointer to the list in the dialect.
    list: String,
    lines: Vec<Line>,
}

impl Judge<'_> {
    fn add(&mut self, assumption: &'static str, what: What, at: Option<&str>) {
        self.lines.push(Line { assumption, what, at: at.map(str::to_owned), answered: None });
    }

    /// The same about a member of the list.
    fn add_of_list(&mut self, what: What, member: &str) {
        let at = [self.list.as_str(), member].concat();
        let at = matches!(what, Differs(_) | Failed(_)).then_some(at.as_str());
        self.add("A4", what, at);
    }

    /// A question that was asked in vain: the place in the dialect where the path stands, unless it is not the path's fault.
    fn failed(&mut self, assumption: &'static str, failure: &Failure, question: Question, at: &str) {
        let is_of_path = failure.may_be_of_one_record() && !failure.is_unavailable();
        self.add(assumption, Failed(failure.clone()), is_of_path.then_some(at));
        self.answered(question);
    }

    /// Says what was answered to that question in the line that was told last.
    fn answered(&mut self, question: Question) {
        if let Some(line) = self.lines.last_mut() {
            line.answered = self.seen.answer_to(question);
        }
    }

    /// Whether one question was answered.
    fn reached(&mut self) -> bool {
        let seen = self.seen;
        let first = seen.first.as_ref().map(|first| first.as_ref().map(drop));
        let types = seen.types.as_ref().map(|types| types.as_ref().map(drop));
        let answers = [seen.office.as_ref().map(|office| office.as_ref().map(drop)), types, first];
        let answers: Vec<Result<(), &Failure>> = answers.into_iter().flatten().collect();
        let is_key_taken = answers.iter().any(Result::is_ok);
        let is_key_refused = answers.contains(&Err(&Failure::Credentials));
        let of_office = match &seen.office {
            Some(Err(failure)) if *failure != Failure::Credentials || is_key_taken => Some(failure),
            _ => None,
        };
        if is_key_taken || is_key_refused {
            self.add("A1", Holds(Probed::AddressAnswers), None);
        } else if of_office.is_none() {
            // Without an address of its own for the office, the first list tells.
            let (question, at) = match seen.types {
                Some(Err(_)) => (Question::Types, "/types/list"),
                _ => (Question::First, self.list.as_str()),
            };
            let at = at.to_owned();
            match answers.into_iter().find_map(Result::err) {
                Some(failure) => self.failed("A1", failure, question, &at),
                None => self.add("A1", Unknown(Probed::NotInDialect), None),
            }
        }
        match is_key_taken {
            true => self.add("A2", Holds(Probed::KeyTaken), None),
            false if is_key_refused => {
                self.add("A2", Failed(Failure::Credentials), Some("/server/key"));
                let all = [Question::Office, Question::Types, Question::First];
                let status = |question: &Question| seen.answer_to(*question).is_some();
                if let Some(question) = all.into_iter().find(status) {
                    self.answered(question);
                }
            }
            false => {}
        }
        if let Some(failure) = of_office {
            self.failed("A2", failure, Question::Office, "/office");
        }
        is_key_taken
    }

    /// Whether ids and fields have the form that they must have.
    fn forms(&mut self) {
        let seen = self.seen;
        let Some(Ok(first)) = &seen.first else { return };
        let rows: Vec<&Relatie> = seen.rows().collect();
        let has_unreadable = first.records.iter().any(Result::is_err);
        if has_unreadable {
            self.add("A3", Differs(Probed::RowsWithoutId), Some("/relations/record/id"));
        }
        if rows.is_empty() && !has_unreadable {
            self.add("A3", Unknown(Probed::TooFew), None);
        }
        if !rows.is_empty() {
            let id = &self.dialect.relations.record.id;
            let is_text = |row: &&Relatie| {
                matches!(row.raw.at(id).ok().flatten().as_deref().map(Value::of), Some(Value::Text(_)))
            };
            let ids = if rows.iter().all(is_text) { Probed::IdsAreTexts } else { Probed::IdsAreNumbers };
            self.add("A3", Holds(ids), None);
            let odd = odd_members(&rows);
            for at in &odd {
                self.add("A3", Differs(Probed::FieldNotRead), Some(at));
            }
            if odd.is_empty() {
                self.add("A3", Holds(Probed::FieldsRead), None);
            }
        }
    }

    fn persons(&mut self) {
        let (base, id) = match &self.dialect.persons {
            Persons::None => return self.add("A3", Unknown(Probed::NotInDialect), Some("/persons")),
            Persons::Apart(_) => ("/persons/lists", "/persons/lists/record/id"),
            Persons::Inside(_) => ("/persons/inside", "/persons/inside/record/id"),
            Persons::Of(_) => ("/persons/of-relation", "/persons/of-relation/record/id"),
        };
        match &self.seen.persons {
            None => self.add("A3", Unknown(Probed::TooFew), None),
            Some(Err(failure)) => self.failed("A3", failure, Question::Persons, base),
            Some(Ok(rows)) if rows.is_empty() => self.add("A3", Unknown(Probed::TooFew), Some(base)),
            Some(Ok(rows)) if rows.iter().any(Result::is_err) => {
                self.add("A3", Differs(Probed::RowsWithoutId), Some(id));
            }
            Some(Ok(_)) => self.add("A3", Holds(Probed::PersonsRead), None),
        }
    }

    /// Whether a list goes on, as long as it is said, and gives each record once.
    fn pages(&mut self) {
        let seen = self.seen;
        let first = match seen.first.as_ref() {
            Some(Ok(first)) => first,
            Some(Err(failure)) => return self.failed_list(failure, Question::First, "/rows"),
            None => return,
        };
        let list = self.dialect.relations.lists.get(seen.list);
        let has_size = list.is_some_and(|list| list.size.is_some());
        let asked = ROWS as usize;
        if has_size && first.records.len() > asked {
            self.add_of_list(Differs(Probed::SizeIgnored), "/size");
        } else if has_size && first.records.len() == asked {
            self.add_of_list(Holds(Probed::SizeKept), "/size");
        }
        let ids = |page: &Page<Relatie>| readable(page).map(|row| row.id().as_str().to_owned()).collect::<Vec<_>>();
        let mut all = ids(first);
        let known: Set<String> = all.iter().cloned().collect();
        match &seen.second {
            Some(Err(failure)) => self.failed_list(failure, Question::Second, "/paging"),
            Some(Ok(second)) => {
                let others = ids(second);
                if others.is_empty() {
                    self.add_of_list(Unknown(Probed::TooFew), "");
                } else if others.iter().all(|id| known.contains(id)) {
                    return self.add_of_list(Differs(Probed::PageRepeats), "/paging");
                } else if second.next.is_some() && second.next == first.next {
                    self.add_of_list(Differs(Probed::CursorRepeats), "/paging");
                } else {
                    self.add_of_list(Holds(Probed::ListGoesOn), "");
                }
                all.extend(others);
            }
            None => match &seen.longer {
                Some(Ok(rows)) if *rows > asked => self.add_of_list(Differs(Probed::EndsEarly), "/paging"),
                Some(Err(failure)) => self.failed_list(failure, Question::Longer, "/size"),
                _ if list.is_some_and(|list| matches!(list.paging, Paging::None)) => {
                    self.add_of_list(Unknown(Probed::NotInDialect), "");
                }
                _ => self.add_of_list(Unknown(Probed::TooFew), ""),
            },
        }
        let different = all.iter().collect::<Set<_>>().iter().count();
        let once = match all.len() {
            0 | 1 => Unknown(Probed::TooFew),
            rows if rows > different => Differs(Probed::RecordTwice),
            _ => Holds(Probed::RecordsOnce),
        };
        self.add("A4", once, None);
    }

    fn failed_list(&mut self, failure: &Failure, question: Question, member: &str) {
        let at = [self.list.as_str(), member].concat();
        self.failed("A4", failure, question, &at);
    }

    /// Whether rows come by their stamps.
    fn order(&mut self) {
        if let Some(Ok(_)) = self.seen.first {
            let what = match order(self.seen) {
                Order::Up => Holds(Probed::InOrder),
                Order::Other => Differs(Probed::NotInOrder),
                Order::Untold => Unknown(Probed::TooFew),
            };
            self.add("A4", what, None);
        }
    }

    /// What "changed since" leaves out and what it gives.
    fn changes(&mut self) {
        let seen = self.seen;
        let changed = self.dialect.relations.lists.get(seen.list).map(|list| &list.changed);
        match (changed, &seen.since, &seen.pivot) {
            (Some(ChangedSince::None), ..) => self.add_of_list(Unknown(Probed::NotInDialect), ""),
            (Some(ChangedSince::Parameter(_)), Some(Ok(since)), Some(pivot)) => {
                let told = Filtered { seen, pivot, since };
                self.add_of_list(told.effect(), "/changed-since");
                self.add_of_list(told.precision(), "/changed-since/parameter/form");
                match (told.bound(), seen.before.as_ref().or(seen.later.as_ref())) {
                    (_, Some(Err(failure))) => self.failed_list(failure, Question::Again, "/changed-since"),
                    (what @ Differs(Probed::LeavesOut), _) => self.add_of_list(what, "/changed-since/parameter/form"),
                    (what, _) => self.add_of_list(what, "/changed-since/parameter/exclusive"),
                }
            }
            (_, Some(Err(failure)), _) => self.failed_list(failure, Question::Since, "/changed-since"),
            _ if matches!(seen.first, Some(Ok(_))) => self.add_of_list(Unknown(Probed::TooFew), ""),
            _ => {}
        }
    }

    /// How stamps are written.
    fn stamps(&mut self) {
        let Some(changed) = &self.dialect.relations.record.changed else {
            return self.add("A5", Unknown(Probed::NotInDialect), Some("/relations/record/changed"));
        };
        let rows: Vec<&Relatie> = self.seen.rows().collect();
        let found: Vec<Form> = rows.iter().filter_map(|row| form(row, changed)).collect();
        let (what, at) = match found.first() {
            None if rows.is_empty() => (Unknown(Probed::TooFew), None),
            None => (Differs(Probed::StampsMissing), Some("/relations/record/changed/at")),
            Some(first) if found.iter().any(|form| form != first) => {
                (Differs(Probed::StampsMixed), Some("/relations/record/changed/form"))
            }
            Some(form) if *form == expected(&changed.form) => (Holds(Probed::StampsAsSaid), None),
            Some(form) => (Differs(form.told()), Some("/relations/record/changed/form")),
        };
        self.add("A5", what, at);
    }

    /// What a record by itself has that a row has not, what it does with empties, and what guards a write of it.
    fn single(&mut self) {
        let seen = self.seen;
        let at = [self.list.as_str(), "/single"].concat();
        match (&seen.single, seen.chosen()) {
            (Some(Ok(single)), Some(row)) => {
                let is_lean = leaves_out(row, single);
                self.add("A7", if is_lean { Differs(Probed::RowsLean) } else { Holds(Probed::RowsWhole) }, None);
                let empties = match (single.holds_an_empty_field(), single.leaves_out_a_field()) {
                    (true, _) => Holds(Probed::EmptiesGiven),
                    (false, true) => Differs(Probed::EmptiesLeftOut),
                    (false, false) => Unknown(Probed::NoEmpties),
                };
                self.add("A7", empties, None);
            }
            (Some(Err(Failure::Gone)), _) => {
                self.add("A7", Differs(Probed::SingleNotFound), Some(&at));
                self.answered(Question::Single);
            }
            (Some(Err(failure)), _) => self.failed("A7", failure, Question::Single, &at),
            _ => self.add("A7", Unknown(Probed::TooFew), None),
        }
        self.add("A8", Unknown(Probed::OnlyByWriting), None);
        let version = Some("/writing/version");
        let (what, at) = match (&self.dialect.writing.version, &seen.single) {
            (Version::None, _) => (Unknown(Probed::NotInDialect), version),
            (Version::Etag, Some(Ok(single))) if single.has_tag() => (Holds(Probed::TagThere), None),
            (Version::Member(_), Some(Ok(single))) if single.etag().is_some() => (Holds(Probed::TagThere), None),
            (_, Some(Ok(_))) => (Differs(Probed::TagMissing), version),
            _ => (Unknown(Probed::TooFew), None),
        };
        self.add("A9", what, at);
    }

    /// How a record is refused that does not exist.
    fn missing(&mut self) {
        // Where every record by itself is refused, it says nothing of one that is not there.
        let is_told = matches!(self.seen.single, Some(Ok(_)));
        match &self.seen.missing {
            Some(Err(Failure::Gone)) if is_told => self.add("A10", Holds(Probed::MissingRefused), None),
            Some(Ok(()) | Err(Failure::NotUnderstood | Failure::Unusable(_) | Failure::Redirected)) if is_told => {
                self.add("A10", Differs(Probed::MissingNotRefused), Some("/errors/inside"));
                self.answered(Question::Missing);
            }
            Some(Err(Failure::Refused { .. } | Failure::Credentials | Failure::Changed)) if is_told => {
                self.add("A10", Differs(Probed::MissingRefusedOtherwise), Some("/errors/rules"));
                self.answered(Question::Missing);
            }
            Some(Err(failure)) if is_told => self.failed("A10", failure, Question::Missing, "/errors/rules"),
            _ => self.add("A10", Unknown(Probed::TooFew), None),
        }
    }

    fn deleted(&mut self) {
        match &self.seen.deleted {
            Some(Err(Failure::Gone) | Ok(Status::Verwijderd)) => self.add("A11", Holds(Probed::DeletedGone), None),
            Some(Ok(_)) => self.add("A11", Differs(Probed::DeletedInUse), Some("/relations/record/status")),
            Some(Err(failure)) => self.failed("A11", failure, Question::Deleted, "/errors/rules"),
            None => self.add("A11", Unknown(Probed::NoneDeleted), None),
        }
    }

    fn types(&mut self) {
        let of_rows: Set<_> = self.seen.rows().filter_map(Relatie::relatietypen).flatten().collect();
        let known: Set<_> = match (&self.dialect.types, &self.seen.types) {
            (Types::Words(words), _) => words.iter().map(|word| word.id.clone()).collect(),
            (Types::List(_), Some(Ok(types))) => types.iter().map(|id| id.as_str().to_owned()).collect(),
            (Types::List(_), Some(Err(failure))) => return self.failed("A13", failure, Question::Types, "/types/list"),
            (Types::List(_), None) => Set::default(),
        };
        let is_known = |id: &&RelatietypeId| known.contains(id.as_str());
        let (all, good) = (of_rows.iter().count(), of_rows.iter().filter(is_known).count());
        let (what, at) = match (all, good) {
            (0, _) => (Unknown(Probed::TooFew), None),
            (all, good) if all == good => (Holds(Probed::TypesKnown), None),
            (_, 0) => (Differs(Probed::TypesUnknown), Some("/types")),
            // A type that the office removed may stand on its records still.
            _ => (Unknown(Probed::TypesPartlyKnown), Some("/types")),
        };
        self.add("A13", what, at);
    }
}
