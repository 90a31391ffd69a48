//! Both stand-ins with an office, and what a user does in them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{fs, io};

use host_harness::commands::stand_ins::{Making, StandIns, now};
use host_harness::settings::OfficeSettings;
use sandbox::tribe::Guid;
use serde_json::{Map, Value, json};

use crate::{Failed, process};

/// The token that the web server asks for.
pub(crate) const TOKEN: &str = "a-token-for-the-adapter";
const RELATIONS: usize = 60;
/// An edit in Tribe must be in AdvocaatCentraal within this time.
const AT_ONCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The stand-ins, and a folder with `settings/settings.json` and room for a host's state.
pub(crate) struct Stage {
    stand_ins: StandIns,
    folder: tempfile::TempDir,
    office: String,
}

impl Stage {
    pub(crate) async fn new() -> Result<Self, Failed> {
        // A delay as of a network near by: what waits for one answer after another would show.
        let delay = Duration::from_millis(2);
        let making = Making { relations: RELATIONS, seed: 11, delay, ..Making::default() };
        let stand_ins = StandIns::start(making).await.map_err(Failed::at("the stand-ins"))?;
        let settings = OfficeSettings::from_toml(&stand_ins.settings());
        let settings = settings.map_err(|problem| Failed::because(format!("the stand-ins' settings: {problem}")))?;
        let folder = tempfile::tempdir().map_err(Failed::at("a folder for the state"))?;
        let stage = Self { stand_ins, folder, office: settings.office.to_string() };
        stage.write_settings(&settings).map_err(Failed::at("the settings"))?;
        Ok(stage)
    }

    fn write_settings(&self, settings: &OfficeSettings) -> io::Result<()> {
        let config = settings.config();
        let mut values: Map<String, Value> =
            config.iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
        values.insert("adapter-token".to_owned(), Value::from(TOKEN));
        fs::create_dir_all(self.folder("settings"))?;
        fs::create_dir_all(self.folder("state"))?;
        fs::write(self.settings_file(), Value::Object(values).to_string())
    }

    /// A folder of this stage.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The settings, as JSON.
    pub(crate) fn settings_file(&self) -> PathBuf {
        self.folder("settings").join("settings.json")
    }

    /// Both systems hold the same, by the stand-ins' own judge, and nothing was done that must not be.
    pub(crate) fn agree(&self) -> Result<(), Failed> {
        let comparison = self.stand_ins.compare();
        let violations =
            self.stand_ins.advocaatcentraal().counters().violations() + self.stand_ins.tribe().counters().violations();
        if comparison.is_equal() && violations == 0 {
            Ok(())
        } else {
            Err(Failed::because(format!("the two systems do not agree ({violations} violations): {comparison}")))
        }
    }

    /// Writes on both sides since the last time this was asked.
    pub(crate) fn writes(&self) -> u64 {
        let (mut ac, mut tribe) = (self.stand_ins.advocaatcentraal(), self.stand_ins.tribe());
        let writes = ac.counters().writes() + tribe.counters().writes();
        ac.reset_counters();
        tribe.reset_counters();
        writes
    }

    /// A user gives a company another telephone number in AdvocaatCentraal; gives the company's Tribe id.
    pub(crate) fn edit_in_advocaatcentraal(&self, number: &str) -> Result<Guid, Failed> {
        let (relatie, there) = self.a_company()?;
        let edited = self.stand_ins.advocaatcentraal().edit_relatie(now(), &relatie, |fields| {
            fields.insert("telefoonnummer".to_owned(), Value::from(number));
        });
        edited.map_err(|_| Failed::because("the stand-in lost a relation"))?;
        Ok(there)
    }

    /// Whether that Tribe record has the number.
    pub(crate) fn has_number(&self, there: Guid, number: &str) -> Result<(), Failed> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let tribe = self.stand_ins.tribe();
        let arrived = tribe.entity(there).is_some_and(|entity| digits(&entity.text("PhoneNumber")) == digits(number));
        if arrived { Ok(()) } else { Err(Failed::because("an edit in AdvocaatCentraal did not reach Tribe")) }
    }

    /// A user gives a company another e-mail address in Tribe.
    pub(crate) fn edit_in_tribe(&self, address: &str) -> Result<(), Failed> {
        let (_, there) = self.a_company()?;
        let edited = self.stand_ins.tribe().edit(now(), there, &json!({ "EmailAddress": address }));
        edited.map(drop).map_err(|_| Failed::because("the stand-in refused an edit of a user"))
    }

    /// Whether the company has the address in AdvocaatCentraal.
    pub(crate) fn has_address(&self, address: &str) -> Result<bool, Failed> {
        let (relatie, _) = self.a_company()?;
        let ac = self.stand_ins.advocaatcentraal();
        Ok(ac.relatie(&relatie).is_some_and(|record| record.current().text("email") == address))
    }

    /// Waits until it has: a push arrives at once, and no poll is made meanwhile.
    pub(crate) async fn gets_address(&self, address: &str) -> Result<(), Failed> {
        let waiting = async {
            while !self.has_address(address)? {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Ok(())
        };
        let late = |_| Failed::because("an edit in Tribe did not reach AdvocaatCentraal through its webhook");
        tokio::time::timeout(AT_ONCE, waiting).await.map_err(late)?
    }

    /// Tribe's administrator registers webhooks that deliver there.
    pub(crate) fn deliver_to(&self, url: &str) {
        self.stand_ins.deliver_to(url);
    }

    /// A company that stands in both.
    fn a_company(&self) -> Result<(String, Guid), Failed> {
        let (ac, tribe) = (self.stand_ins.advocaatcentraal(), self.stand_ins.tribe());
        let mut companies = ac.relaties().filter(|(_, record)| record.current().text("soort") == "bedrijf");
        let found = companies.find_map(|(id, _)| {
            let there = tribe.find_by_import_id(&format!("ac:{}:relatie:{id}", self.office));
            Some((id.to_owned(), *there.first()?))
        });
        found.ok_or_else(|| Failed::because("no company stands in Tribe"))
    }
}

/// The files of a release, made from this workspace: what others load.
pub(crate) struct Built {
    folder: tempfile::TempDir,
}

impl Built {
    pub(crate) async fn make() -> Result<Self, Failed> {
        let folder = tempfile::tempdir().map_err(Failed::at("a folder for the components"))?;
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["run", "--quiet", "--package", "release", "--", "--to"]).arg(folder.path());
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        process::install("the files of a release (cargo release-files)", cargo).await?;
        Ok(Self { folder })
    }

    /// The connector.
    pub(crate) fn connector(&self) -> PathBuf {
        self.composed().join(format!("advocaatcentraal-tribe-{}.wasm", env!("CARGO_PKG_VERSION")))
    }

    /// The folder with what is composed of it.
    pub(crate) fn composed(&self) -> &Path {
        self.folder.path()
    }
}
