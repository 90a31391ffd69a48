//! `koppeling dialect try`: the first write by a dialect, with both eyes open.

use clap::Args;
use serde_json::json;

use super::advice::About;
use super::differences::{self, NOT_TRIED};
use super::record_name::{name, record};
use super::records::answered;
use super::screen::Screen;
use super::workplace::worded;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{RecordId, Trial};
use crate::run::HostLimits;
use crate::settings::OfficeNumber;

/// Which record, and what a person has agreed to.
#[derive(Args)]
pub(super) struct Try {
    /// `relatie/<id>` or `contactpersoon/<id>`: it is written back unchanged. A contact person inside or below a relation is
    /// `contactpersoon/<relation>/<person>`
    #[arg(value_parser = record)]
    record: RecordId,
    /// Counts the dialect as tried although AdvocaatCentraal changed members of the record, which were told before
    #[arg(long)]
    accept_changes: bool,
    /// Goes on although edits made in Tribe wait, which go to AdvocaatCentraal once the dialect is tried
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    of: OneOffice,
}

impl Try {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let host = global.host(HostLimits::default(), screen).await?;
        let office = self.of.find(host.store()).await?;
        if !self.yes {
            let waiting = differences::count(&host, &office, NOT_TRIED).await?;
            if waiting > 0 {
                tell_of_waiting(&office, waiting, &self.record, global, screen);
                return Ok(Exit::Attention);
            }
        }
        let (subject, accepts) = (&self.record, self.accept_changes);
        let answer = host
            .turn(&office, |connector, context| async move { connector.try_dialect(context, subject, accepts).await })
            .await?;
        let trial = answered(&host, &office, answer).await?;
        let why = match &trial {
            Trial::Untold(code) => worded(&host, &office, code, &About::default()).await.english,
            _ => String::new(),
        };
        Ok(self.tell(&office, &trial, &why, global, screen))
    }

    fn tell(&self, office: &OfficeNumber, trial: &Trial, why: &str, global: &Global, screen: &Screen) -> Exit {
        let record = name(&self.record);
        let is_tried = match trial {
            Trial::AsBefore => true,
            Trial::Changed(changed) => self.accept_changes && changed.may_be_accepted,
            Trial::Refused(_) | Trial::Moved | Trial::Gone | Trial::Untold(_) => false,
        };
        if global.json {
            let (result, members) = match trial {
                Trial::AsBefore => ("as-before", Vec::new()),
                Trial::Changed(changed) => ("changed", [&*changed.put_back, &*changed.not_put_back].concat()),
                Trial::Refused(refused) => ("refused", refused.field.iter().cloned().collect()),
                Trial::Moved => ("moved", Vec::new()),
                Trial::Gone => ("gone", Vec::new()),
                Trial::Untold(code) => (code.as_str(), Vec::new()),
            };
            let put_back: &[String] = if let Trial::Changed(changed) = trial { &changed.put_back } else { &[] };
            let status = if let Trial::Refused(refused) = trial { Some(refused.status) } else { None };
            let record = record.as_str();
            screen.json(&json!({
                "office": office, "record": record, "result": result, "status": status, "members": members,
                "put-back": put_back, "tried": is_tried,
            }));
        } else {
            self.show(office, trial, (&record, why), screen);
        }
        match trial {
            _ if is_tried => Exit::Ok,
            Trial::Gone => Exit::NothingKnown,
            Trial::Moved => Exit::Unavailable,
            Trial::AsBefore | Trial::Changed(_) | Trial::Refused(_) | Trial::Untold(_) => Exit::Attention,
        }
    }

    fn show(&self, office: &OfficeNumber, trial: &Trial, (record, why): (&str, &str), screen: &Screen) {
        let tried =
            format!("Edits made in Tribe go to AdvocaatCentraal from the next poll on: koppeling poll {office}");
        match trial {
            Trial::AsBefore => {
                screen.line(format!("Office {office}: {record} was written back, and is as it was. {tried}"));
            }
            Trial::Changed(changed) => {
                let list = |members: &[String]| members.iter().for_each(|member| screen.line(format!("  {member}")));
                if !changed.put_back.is_empty() {
                    screen.line(format!(
                        "Office {office}: AdvocaatCentraal took {record}, and these members were not as they were; they were put \
                         back, and are as they were again:"
                    ));
                    list(&changed.put_back);
                }
                if !changed.not_put_back.is_empty() {
                    screen.line(format!(
                        "Office {office}: AdvocaatCentraal took {record}, and these members are not as they were, nor could they be \
                         put back:"
                    ));
                    list(&changed.not_put_back);
                }
                screen.line(match (changed.may_be_accepted, self.accept_changes) {
                    (true, true) => tried,
                    (true, false) => "Look at the record in AdvocaatCentraal. Mend the dialect (a member that AdvocaatCentraal sets \
                                      by itself may stand under writing.read-only), or, if each may change, give --accept-changes."
                        .to_owned(),
                    (false, _) => "Look at the record in AdvocaatCentraal. It is how the dialect writes that loses members: change \
                                   it (writing.method, writing.lists) and try again; as it is, it is not tried again."
                        .to_owned(),
                });
            }
            Trial::Untold(_) => screen.line(format!("Office {office}: {record}: {why}")),
            Trial::Refused(refused) => {
                let named = refused.field.as_ref().map(|field| format!(" and names {field}")).unwrap_or_default();
                let advice = match refused.status {
                    404 | 405 | 410 | 501 => "Reading it works: mend writing.method, or the path of single records",
                    413 | 415 => "Mend the headers and the envelope (server.headers, writing.wrap)",
                    428 => "It wants the version that was read: mend writing.version",
                    _ => "Mend what is sent: members that it sets by itself (writing.read-only), empty ones (writing.empty), \
                          the envelope (writing.wrap), the words and the form of dates",
                };
                screen.line(format!(
                    "Office {office}: AdvocaatCentraal refuses {record} with status {}{named}. {advice}; then try again.",
                    refused.status
                ));
            }
            Trial::Moved => screen.line(format!(
                "Office {office}: somebody changed {record} meanwhile; nothing was written. Try again, or take another record."
            )),
            Trial::Gone => {
                screen.line(format!("Office {office}: AdvocaatCentraal does not have {record}. Take another record."));
            }
        }
    }
}

fn tell_of_waiting(office: &OfficeNumber, waiting: u64, record: &RecordId, global: &Global, screen: &Screen) {
    if global.json {
        screen.json(&json!({ "office": office, "record": name(record), "result": "edits-wait", "waiting": waiting, "tried": false }));
        return;
    }
    screen.line(format!(
        "Office {office}: nothing was written. {waiting} edits made in Tribe wait, and go to AdvocaatCentraal once the dialect is \
         tried. Look at them: koppeling differences --why {} {office}",
        differences::short(NOT_TRIED)
    ));
    screen.line(format!("Then go on: koppeling dialect try {} --yes {office}", name(record)));
}
