//! Who signed a component: signatures in the format of minisign, beside the file.
//!
//! Beside it and not inside it (as `wasmsign2` does it): the file stays byte for byte the one whose digest a release
//! names, any host loads it unchanged, and it is verified before anything reads it. The format is stable, needs no
//! network, and `minisign` of every distribution reads and writes it too.
//!
//! Verifying, which meets bytes from anywhere, is done by a crate that does nothing else (`minisign-verify`); the
//! crate that makes keys and signatures (`minisign`) panics on some malformed signatures.

use std::fs::OpenOptions;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};

use minisign_verify::{Error as VerifyError, PublicKey, Signature};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::beside::with_ending;

/// Whose components are taken.
#[derive(Clone, Debug, Default)]
pub enum Trust {
    /// Anybody's.
    #[default]
    Anyone,
    /// Those signed with one of these keys. More than one, so that a key can be replaced.
    Signed(Vec<PublicKey>),
}

/// Why a component is not taken, or could not be signed. Each is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// There is no signature.
    #[error(
        "{name} is not signed, and this koppeling takes only what is signed with its keys; get a signed one, or sign it with `koppeling plugin sign`"
    )]
    Unsigned {
        /// The component.
        name: String,
    },
    /// Signed, by somebody else.
    #[error(
        "{name} is signed with another key than those that this koppeling takes; get it from those who have the key"
    )]
    OtherKey {
        /// The component.
        name: String,
    },
    /// The signature does not belong to these bytes.
    #[error("{name} is not what was signed: it or its signature was changed; do not use it, and fetch it again")]
    Changed {
        /// The component.
        name: String,
    },
    /// No signature of minisign.
    #[error("the signature of {name} is not one that minisign writes; fetch it again")]
    Malformed {
        /// The component.
        name: String,
    },
    /// No public key of minisign.
    #[error("{place} is neither a public key of minisign nor a file with one; it begins with RW and has 56 characters")]
    NotAPublicKey {
        /// What was given.
        place: String,
    },
    /// No secret key, or another password.
    #[error("{} does not open: it is no secret key of minisign, or the password is another", path.display())]
    NotASecretKey {
        /// The file.
        path: PathBuf,
    },
    /// A file.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// No random bytes, or no memory.
    #[error("this system gives no random bytes or too little memory to make a key or a signature")]
    NoMeans,
}

impl Trust {
    /// In these keys: each a public key, or the path of a file with one. In anybody, where there are none.
    pub fn in_keys(keys: &[String]) -> Result<Self, SignatureError> {
        let parsed: Result<Vec<_>, _> = keys.iter().map(|key| public_key(key.trim())).collect();
        Ok(match parsed?.as_slice() {
            [] => Self::Anyone,
            keys => Self::Signed(keys.to_vec()),
        })
    }

    /// Whether bytes are taken: those of a component of that name, with the text of its signature.
    pub fn check(&self, name: &str, component: &[u8], signature: Option<&str>) -> Result<(), SignatureError> {
        let Self::Signed(keys) = self else { return Ok(()) };
        let name = name.to_owned();
        let Some(signature) = signature else { return Err(SignatureError::Unsigned { name }) };
        let Ok(signature) = Signature::decode(signature) else { return Err(SignatureError::Malformed { name }) };
        let mut refusal = SignatureError::OtherKey { name: name.clone() };
        for key in keys {
            // Signatures over the whole file instead of its hash are of versions before 2021.
            match key.verify(component, &signature, false) {
                Ok(()) => return Ok(()),
                Err(VerifyError::UnexpectedKeyId) => {}
                Err(VerifyError::InvalidSignature) => refusal = SignatureError::Changed { name: name.clone() },
                Err(_) => refusal = SignatureError::Malformed { name: name.clone() },
            }
        }
        Err(refusal)
    }
}

fn public_key(text: &str) -> Result<PublicKey, SignatureError> {
    if let Ok(key) = PublicKey::from_base64(text) {
        return Ok(key);
    }
    let malformed = || SignatureError::NotAPublicKey { place: text.to_owned() };
    let file = std::fs::read_to_string(text).map_err(|_| malformed())?;
    PublicKey::decode(&file).map_err(|_| malformed())
}

/// Where the signature of a file lies: beside it, with `.minisig` behind its name.
pub fn signature_file(component: &Path) -> PathBuf {
    with_ending(component, ".minisig")
}

/// A key to sign with, and the one to verify with.
pub struct KeyPair {
    secret: Zeroizing<String>,
    public: String,
}

impl KeyPair {
    /// Makes a pair; its secret key is sealed with the password, or lies open where that is empty. Takes a second.
    pub fn make(password: &SecretString) -> Result<Self, SignatureError> {
        let made = match password.expose_secret() {
            "" => minisign::KeyPair::generate_unencrypted_keypair(),
            password => minisign::KeyPair::generate_encrypted_keypair(Some(password.to_owned())),
        };
        let pair = made.map_err(|_| SignatureError::NoMeans)?;
        let secret = pair.sk.to_box(Some("secret key of koppeling")).map_err(|_| SignatureError::NoMeans)?;
        Ok(Self { secret: Zeroizing::new(secret.into_string()), public: pair.pk.to_base64() })
    }

    /// The public key, for `--plugin-key`.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// Writes the secret key into a file that only its owner can read, and the public one into another. Never over a
    /// file that is there.
    pub fn write(&self, secret: &Path, public: &Path) -> Result<(), SignatureError> {
        write_new(secret, 0o600, &self.secret)?;
        write_new(public, 0o644, &format!("untrusted comment: public key of koppeling\n{}\n", self.public))
    }
}

fn write_new(path: &Path, mode: u32, text: &str) -> Result<(), SignatureError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let written =
        options.open(path).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|source| SignatureError::File { path: path.to_owned(), source })
}

/// The signature of these bytes, as the text of a `.minisig` file. `comment` is signed too.
pub fn sign(bytes: &[u8], key: &Path, password: &SecretString, comment: &str) -> Result<String, SignatureError> {
    let text = std::fs::read_to_string(key).map(Zeroizing::new);
    let text = text.map_err(|source| SignatureError::File { path: key.to_owned(), source })?;
    let sealed = minisign::SecretKeyBox::from_string(&text).map_err(|_| not_a_key(key))?;
    let secret = match password.expose_secret() {
        "" => sealed.into_unencrypted_secret_key(),
        password => sealed.into_secret_key(Some(password.to_owned())),
    };
    let secret = secret.map_err(|_| not_a_key(key))?;
    let untrusted = Some("signed with koppeling");
    let signature = minisign::sign(None, &secret, Cursor::new(bytes), Some(comment), untrusted);
    Ok(signature.map_err(|_| SignatureError::NoMeans)?.into_string())
}

fn not_a_key(path: &Path) -> SignatureError {
    SignatureError::NotASecretKey { path: path.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn open() -> SecretString {
        SecretString::from("")
    }

    struct Signer {
        _folder: tempfile::TempDir,
        secret: PathBuf,
        public: PathBuf,
        pair: KeyPair,
    }

    fn signer(password: &SecretString) -> Signer {
        let folder = tempfile::tempdir().unwrap();
        let (secret, public) = (folder.path().join("plugin.key"), folder.path().join("plugin.pub"));
        let pair = KeyPair::make(password).unwrap();
        pair.write(&secret, &public).unwrap();
        Signer { _folder: folder, secret, public, pair }
    }

    fn trust(signers: &[&Signer]) -> Trust {
        Trust::in_keys(&signers.iter().map(|signer| signer.pair.public().to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn what_was_signed_with_a_known_key_is_taken() {
        let (old, new) = (signer(&open()), signer(&open()));
        for signer in [&old, &new] {
            let signature = sign(b"component", &signer.secret, &open(), "file:x").unwrap();
            trust(&[&old, &new]).check("x", b"component", Some(&signature)).unwrap();
        }
        let path = old.public.display().to_string();
        let signature = sign(b"component", &old.secret, &open(), "file:x").unwrap();
        Trust::in_keys(&[path]).unwrap().check("x", b"component", Some(&signature)).unwrap();
        Trust::Anyone.check("x", b"component", None).unwrap();
    }

    #[test]
    fn what_was_not_is_refused_with_the_reason() {
        let (ours, theirs) = (signer(&open()), signer(&open()));
        let trust = trust(&[&ours]);
        let signature = sign(b"component", &ours.secret, &open(), "file:x").unwrap();
        let other = sign(b"component", &theirs.secret, &open(), "file:x").unwrap();
        let refusal = |bytes: &[u8], signature: Option<&str>| trust.check("x", bytes, signature).unwrap_err();
        assert!(matches!(refusal(b"component", None), SignatureError::Unsigned { .. }));
        assert!(matches!(refusal(b"component", Some(&other)), SignatureError::OtherKey { .. }));
        assert!(matches!(refusal(b"composent", Some(&signature)), SignatureError::Changed { .. }));
        let renamed = signature.replace("file:x", "file:y");
        assert!(matches!(refusal(b"component", Some(&renamed)), SignatureError::Changed { .. }));
    }

    #[test]
    fn a_malformed_signature_is_refused_wherever_it_breaks() {
        let ours = signer(&open());
        let trust = trust(&[&ours]);
        let signature = sign(b"component", &ours.secret, &open(), "file:x").unwrap();
        for end in 0..signature.trim_end().len() {
            trust.check("x", b"component", Some(&signature[..end])).unwrap_err();
        }
        for text in ["", "\n\n\n\n", "canary", "untrusted comment: x\nRWQ\ntrusted comment: x\nAA=="] {
            let refusal = trust.check("x", b"component", Some(text)).unwrap_err();
            assert!(matches!(refusal, SignatureError::Malformed { .. }) && !refusal.to_string().contains("canary"));
        }
    }

    #[test]
    fn a_secret_key_opens_with_its_password_alone_and_is_never_written_over() {
        let password = SecretString::from("correct horse");
        let signer = signer(&password);
        let signature = sign(b"component", &signer.secret, &password, "file:x").unwrap();
        trust(&[&signer]).check("x", b"component", Some(&signature)).unwrap();
        for wrong in ["", "wrong horse"] {
            let refusal = sign(b"component", &signer.secret, &SecretString::from(wrong), "file:x").unwrap_err();
            assert!(matches!(refusal, SignatureError::NotASecretKey { .. }), "{refusal}");
        }
        assert!(signer.pair.write(&signer.secret, &signer.public).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&signer.secret).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_public_key_is_told() {
        for text in ["", "RWQ", "nowhere.pub"] {
            let refusal = Trust::in_keys(&[text.to_owned()]).unwrap_err();
            assert!(matches!(refusal, SignatureError::NotAPublicKey { .. }), "{text}");
        }
        assert!(matches!(Trust::in_keys(&[]).unwrap(), Trust::Anyone));
    }
}
