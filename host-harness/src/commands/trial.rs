//! `koppeling dialect try`: the first write by a dialect, with both eyes open.

use clap::Args;
use serde_json::json;

use super::differences::{self, NOT_TRIED};
use super::record_name::{name, record};
use super::records::answered;
use super::screen::Screen;
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{RecordId, Trial};
use crate::run::HostLimits;
use crate::settings::OfficeNumber;

/// Which record, and what a person has agreed to.
#[derive(Args)]
pub(super) struct Try {
    /// `relatie/<id>` or `contactpersoon/<id>`: it is written back unchanged
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
        Ok(self.tell(&office, &trial, global, screen))
    }

    fn tell(&self, office: &OfficeNumber, trial: &Trial, global: &Global, screen: &Screen) -> Exit {
        let record = name(&self.record);
        let is_tried = matches!(trial, Trial::AsBefore) || self.accept_changes && matches!(trial, Trial::Changed(_));
        if global.json {
            let (result, members) = match trial {
                Trial::AsBefore => ("as-before", Vec::new()),
                Trial::Changed(members) => ("changed", members.clone()),
                Trial::Refused(field) => ("refused", field.iter().cloned().collect()),
                Trial::Moved => ("moved", Vec::new()),
                Trial::Gone => ("gone", Vec::new()),
            };
            let record = record.as_str();
            screen.json(&json!({
                "office": office, "record": record, "result": result, "members": members, "tried": is_tried,
            }));
        } else {
            self.show(office, trial, &record, screen);
        }
        match trial {
            _ if is_tried => Exit::Ok,
            Trial::Gone => Exit::NothingKnown,
            Trial::Moved => Exit::Unavailable,
            Trial::AsBefore | Trial::Changed(_) | Trial::Refused(_) => Exit::Attention,
        }
    }

    fn show(&self, office: &OfficeNumber, trial: &Trial, record: &str, screen: &Screen) {
        let tried =
            format!("Edits made in Tribe go to AdvocaatCentraal from the next poll on: koppeling poll {office}");
        match trial {
            Trial::AsBefore => {
                screen.line(format!("Office {office}: {record} was written back, and is as it was. {tried}"));
            }
            Trial::Changed(members) => {
                screen.line(format!("Office {office}: AdvocaatCentraal took {record}, and these members are not as they were:"));
                members.iter().for_each(|member| screen.line(format!("  {member}")));
                screen.line(if self.accept_changes {
                    tried
                } else {
                    "Look at the record in AdvocaatCentraal. Mend the dialect (a member that AdvocaatCentraal sets by itself may \
                     stand under writing.read-only), or, if each may change, give --accept-changes."
                        .to_owned()
                });
            }
            Trial::Refused(field) => {
                let named = field.as_ref().map(|field| format!(" and names {field}")).unwrap_or_default();
                screen.line(format!(
                    "Office {office}: AdvocaatCentraal refuses {record}{named}. Mend how the dialect writes (method, envelope, \
                     read-only members), and try again."
                ));
            }
            Trial::Moved => screen.line(format!(
                "Office {office}: {record} changed meanwhile, or the ETag that AdvocaatCentraal gives does not fit. Try again, or \
                 take another record."
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
