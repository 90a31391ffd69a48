//! `koppeling plugin`: pushes, pulls, signs and verifies connectors.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::Subcommand;
use dialoguer::Password;
use secrecy::SecretString;
use serde_json::json;

use super::screen::Screen;
use super::workplace::registries;
use super::{CommandError, Exit, Global};
use crate::component::{LoadError, examine};
use crate::registry::{KeyPair, Pinned, Plugin, Tagged, Trust, sign, signature_file};
use crate::run::Halt;
use crate::timestamp::Timestamp;

/// The environment variable that may hold the password of a secret key.
const PASSWORD: &str = "KOPPELING_SIGNING_PASSWORD";

/// Where the login for a registry comes from, for `--help`.
pub(super) const LOGIN_HELP: &str = "\
Registries that want a login:
    What `docker login` or `podman login` left on this machine is shown to the registry that it is for. To give another,
    set KOPPELING_REGISTRY (the registry's host and port), KOPPELING_REGISTRY_USER and KOPPELING_REGISTRY_PASSWORD: the
    three win over a login of Docker's, for that registry only.";

#[derive(Subcommand)]
pub(super) enum PluginCommand {
    /// Pushes a connector, and its signature if it lies beside it, and tells the digest to deploy it by
    Push {
        /// The .wasm file
        file: PathBuf,
        /// Where to, as in oci://registry.example/name:1.2.3
        to: String,
    },
    /// Pulls a connector by its digest, and its signature if it has one
    Pull {
        /// Which, as in oci://registry.example/name@sha256:…
        from: String,
        /// The file to write [default: the last part of the name, with .wasm]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Tells the digest that a version has now
    Digest {
        /// Which, as in oci://registry.example/name:1.2.3
        of: String,
    },
    /// Makes a key to sign with and the public key for --plugin-key
    Keygen {
        /// The file of the secret key; the public one is written beside it, as .pub
        #[arg(default_value = "koppeling-plugin.key")]
        file: PathBuf,
    },
    /// Signs a connector: writes FILE.minisig
    Sign {
        /// The .wasm file
        file: PathBuf,
        /// The file of the secret key
        #[arg(long, value_name = "FILE", default_value = "koppeling-plugin.key")]
        key: PathBuf,
    },
    /// Tells whether a connector is signed with one of the keys of --plugin-key
    Verify {
        /// A .wasm file, or oci://registry/name@sha256:…
        plugin: String,
    },
}

impl PluginCommand {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        match self {
            Self::Push { file, to } => push(global, file, &to.parse()?, screen).await,
            Self::Pull { from, out } => pull(global, &from.parse()?, out.as_deref(), screen).await,
            Self::Digest { of } => {
                let pinned = registries()?.digest(&of.parse()?).await?;
                tell(global, &pinned, screen);
                Ok(Exit::Ok)
            }
            Self::Keygen { file } => keygen(global, file, screen),
            Self::Sign { file, key } => sign_file(global, file, key, screen),
            Self::Verify { plugin } => verify(global, &plugin.parse()?, screen).await,
        }
    }
}

fn tell(global: &Global, pinned: &Pinned, screen: &Screen) {
    if global.json {
        screen.json(&json!({ "plugin": pinned.to_string(), "digest": pinned.digest }));
    } else {
        screen.line(pinned.to_string());
    }
}

/// What is pushed must be a connector, and signed as this koppeling asks of what it takes itself.
async fn push(global: &Global, file: &Path, to: &Tagged, screen: &Screen) -> Result<Exit, CommandError> {
    let (bytes, name) = global.resolver(None)?.resolve(&Plugin::File(file.to_owned())).await?.read()?;
    let about = examine(&bytes).map_err(|reason| LoadError::NotLoadable { name, reason })?;
    let signature = fs::read_to_string(signature_file(file)).ok();
    let pinned = registries()?.push(to, bytes, &about, signature.as_deref()).await?;
    tell(global, &pinned, screen);
    screen.aside(match signature {
        Some(_) => "Pushed, with its signature. Deploy it by this digest.",
        None => "Pushed, without a signature. Deploy it by this digest.",
    });
    Ok(Exit::Ok)
}

async fn pull(global: &Global, from: &Pinned, out: Option<&Path>, screen: &Screen) -> Result<Exit, CommandError> {
    // Checked as what is loaded is, so that nothing comes to this machine that could not be.
    let resolver = global.resolver(None)?;
    let artefact = resolver.artefact(from).await?;
    Trust::in_keys(&global.plugin_key)?.check(&from.to_string(), &artefact.component, artefact.signature.as_deref())?;
    let name = from.repository.name();
    let default = format!("{}.wasm", name.rsplit('/').next().unwrap_or(name));
    let out = out.unwrap_or(Path::new(&default));
    write(out, &artefact.component)?;
    let mut files = vec![out.display().to_string()];
    if let Some(signature) = &artefact.signature {
        write(&signature_file(out), signature.as_bytes())?;
        files.push(signature_file(out).display().to_string());
    }
    if global.json {
        screen.json(&json!({ "files": files, "bytes": artefact.component.len() }));
    } else {
        screen.line(files.join("\n"));
    }
    Ok(Exit::Ok)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    fs::write(path, bytes).map_err(|source| CommandError::Unwritable { path: path.to_owned(), source })
}

fn keygen(global: &Global, file: &Path, screen: &Screen) -> Result<Exit, CommandError> {
    let pair = KeyPair::make(&password(Ask::Twice)?)?;
    let public = file.with_extension("pub");
    pair.write(file, &public)?;
    if global.json {
        screen.json(&json!({ "public-key": pair.public(), "public-key-file": public, "secret-key-file": file }));
    } else {
        screen.line(pair.public());
    }
    screen.aside(format!(
        "The secret key is in {}: whoever has it and its password can sign for you. The public key above is in {} too: \
         give it to every koppeling with --plugin-key.",
        file.display(),
        public.display()
    ));
    Ok(Exit::Ok)
}

fn sign_file(global: &Global, file: &Path, key: &Path, screen: &Screen) -> Result<Exit, CommandError> {
    let bytes = fs::read(file).map_err(|source| CommandError::Unreadable { path: file.to_owned(), source })?;
    // The form that minisign itself gives it.
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let comment = format!("timestamp:{}\tfile:{name}\thashed", Timestamp::now().as_millis() / 1000);
    let signature = sign(&bytes, key, &password(Ask::Once)?, &comment)?;
    write(&signature_file(file), signature.as_bytes())?;
    if global.json {
        screen.json(&json!({ "signature": signature_file(file) }));
    } else {
        screen.line(signature_file(file).display().to_string());
    }
    Ok(Exit::Ok)
}

async fn verify(global: &Global, plugin: &Plugin, screen: &Screen) -> Result<Exit, CommandError> {
    if global.plugin_key.is_empty() {
        return Err(CommandError::NoPluginKey);
    }
    global.resolver(None)?.resolve(plugin).await?;
    if global.json {
        let by = if *plugin == Plugin::BuiltIn { "built-in" } else { "key" };
        screen.json(&json!({ "plugin": plugin.to_string(), "trusted-by": by }));
        return Ok(Exit::Ok);
    }
    screen.line(match plugin {
        Plugin::BuiltIn => "The built-in connector is a part of this program, and trusted as that is.".to_owned(),
        plugin => format!("{plugin} is signed with a key that is taken."),
    });
    Ok(Exit::Ok)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    Once,
    /// For a new key: a slip of the finger would lose it.
    Twice,
}

/// The password of a secret key: from the environment, or else from whoever sits there.
fn password(ask: Ask) -> Result<SecretString, CommandError> {
    if let Ok(password) = env::var(PASSWORD) {
        return Ok(SecretString::from(password));
    }
    if !io::stdin().is_terminal() {
        return Err(CommandError::NoPassword(PASSWORD));
    }
    let prompt = Password::new().with_prompt("Password of the secret key (empty for none)").allow_empty_password(true);
    let prompt = match ask {
        Ask::Once => prompt,
        Ask::Twice => prompt.with_confirmation("Once more", "the two are not the same"),
    };
    prompt.interact().map(SecretString::from).map_err(|_| Halt::Cancelled.into())
}
