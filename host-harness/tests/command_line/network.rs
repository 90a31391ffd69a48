//! Real TLS, behind a proxy: names that only the proxy knows, an authority of one's own, and all that can be wrong there.

use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;

const AC: &str = "ac.voorbeeld.example";
const TRIBE: &str = "tribe.voorbeeld.example";
/// `naam:wachtwoord`, as HTTP's basic authentication has it.
const AUTHORIZATION: &str = "Basic bmFhbTp3YWNodHdvb3Jk";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// The certificate of a server.
#[derive(Clone, Copy, PartialEq)]
enum Certificate {
    Good,
    Expired,
    OfAnother,
    /// None at all: the server speaks plain HTTP.
    Missing,
}

/// A server that speaks TLS and passes what it gets on to that port; on the port that is given.
async fn encrypted(by: &Authority, name: &str, certificate: Certificate, to: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let name = if certificate == Certificate::OfAnother { "other.voorbeeld.example" } else { name };
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if certificate == Certificate::Expired {
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    let chain = vec![params.signed_by(&key, by).unwrap().der().clone()];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap()));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut inside = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                if certificate == Certificate::Missing {
                    let mut stream = stream;
                    let _ = copy_bidirectional(&mut stream, &mut inside).await;
                } else if let Ok(mut stream) = acceptor.accept(stream).await {
                    let _ = copy_bidirectional(&mut stream, &mut inside).await;
                }
            });
        }
    });
    port
}

/// A proxy that knows the two names, and lets in who has the password.
async fn proxy(ac: u16, tribe: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let to = [(AC, ac), (TRIBE, tribe)]
                    .into_iter()
                    .find(|(name, _)| head.starts_with(&format!("CONNECT {name}:443 ")));
                let answer = match to {
                    _ if !head.contains(AUTHORIZATION) => "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                    None => "HTTP/1.1 502 Bad Gateway\r\n\r\n",
                    Some(_) => "HTTP/1.1 200 OK\r\n\r\n",
                };
                stream.write_all(answer.as_bytes()).await.unwrap();
                if let (Some((_, port)), true) = (to, answer.contains("200")) {
                    let mut inside = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let _ = copy_bidirectional(&mut stream, &mut inside).await;
                }
            });
        }
    });
    port
}

/// An office whose systems are reached by TLS through a proxy only.
struct Behind {
    folder: tempfile::TempDir,
    stand_ins: StandIns,
    bundle: PathBuf,
    proxy: u16,
}

async fn behind(certificate: Certificate) -> Behind {
    let (folder, stand_ins, authority) = (tempfile::tempdir().unwrap(), stand_ins().await, authority());
    let port_of = |url: &str| url.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let (ac_url, tribe_url) = (stand_ins.advocaatcentraal_url(), stand_ins.tribe_url());
    let ac = encrypted(&authority, AC, certificate, port_of(&ac_url)).await;
    let tribe = encrypted(&authority, TRIBE, Certificate::Good, port_of(&tribe_url)).await;
    let bundle = folder.path().join("authority.pem");
    fs::write(&bundle, authority.pem()).unwrap();
    let settings = stand_ins.settings().replace("loopback = true\n", "");
    let settings = settings.replace(&ac_url, &format!("https://{AC}")).replace(&tribe_url, &format!("https://{TRIBE}"));
    assert_eq!(code(&add(folder.path(), &settings)), 0);
    let proxy = proxy(ac, tribe).await;
    Behind { folder, stand_ins, bundle, proxy }
}

impl Behind {
    fn run(&self, arguments: &[&str], proxy: &str, bundle: Option<&Path>) -> Output {
        let mut command = command(self.folder.path(), arguments);
        for name in ["HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"] {
            command.env_remove(name);
        }
        command.env("HTTPS_PROXY", proxy).env("KOPPELING_CA_BUNDLE", bundle.unwrap_or(Path::new("")));
        command.output().unwrap()
    }

    fn through(&self, arguments: &[&str]) -> Output {
        self.run(arguments, &format!("http://naam:wachtwoord@127.0.0.1:{}", self.proxy), Some(&self.bundle))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_systems_are_reached_through_a_proxy_with_an_authority_of_ones_own() {
    let office = behind(Certificate::Good).await;
    let check = office.through(&["check"]);
    assert_eq!(code(&check), 0, "{}", both(&check));
    let sync = office.through(&["sync"]);
    assert_eq!(code(&sync), 0, "{}", both(&sync));
    assert!(office.stand_ins.compare().is_equal(), "{}", office.stand_ins.compare());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_tls_has_a_sentence_each() {
    for (certificate, sentence) in [
        (Certificate::Expired, "ran out, or is not valid yet"),
        (Certificate::OfAnother, "is not for this name"),
        (Certificate::Missing, "No encrypted connection is possible"),
    ] {
        let office = behind(certificate).await;
        let check = office.through(&["check"]);
        let told = both(&check);
        assert_eq!(code(&check), 3, "{told}");
        assert!(
            told.contains(&format!("AdvocaatCentraal: The server's certificate {sentence}"))
                || told.contains(&format!("AdvocaatCentraal: {sentence}")),
            "{told}"
        );
        assert!(!told.contains("wachtwoord"), "{told}");
    }
    let office = behind(Certificate::Good).await;
    let untrusted = both(&office.run(&["check"], &format!("http://naam:wachtwoord@127.0.0.1:{}", office.proxy), None));
    assert!(untrusted.contains("not from an authority that is trusted here"), "{untrusted}");
    assert!(untrusted.contains("--ca-bundle"), "{untrusted}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_that_gives_no_connection_is_not_taken_for_the_system() {
    let office = behind(Certificate::Good).await;
    let nothing_there = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    for proxy in [format!("127.0.0.1:{}", office.proxy), format!("http://127.0.0.1:{nothing_there}")] {
        let check = office.run(&["check"], &proxy, Some(&office.bundle));
        let told = both(&check);
        assert_eq!(code(&check), 5, "{told}");
        assert!(told.contains("The proxy that this machine goes through gives no connection"), "{told}");
        assert!(told.contains("HTTPS_PROXY") && told.contains("advocaatcentraal-url"), "{told}");
    }
    let damaged = office.folder.path().join("damaged.pem");
    fs::write(&damaged, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    let mut check = command(office.folder.path(), &["check"]);
    check
        .env("HTTPS_PROXY", format!("127.0.0.1:{nothing_there}"))
        .env("NO_PROXY", ".voorbeeld.example,*.tribe.example");
    let told = both(&check.output().unwrap());
    assert_eq!(told.matches("NO_PROXY: these of its entries").count(), 1, "{told}");
    assert!(told.contains("entries=\"2\""), "{told}");
    for (proxy, bundle) in [
        ("socks5://127.0.0.1:1", office.bundle.as_path()),
        ("http://127.0.0.1:99999", &office.bundle),
        ("", office.folder.path()),
        ("", &damaged),
    ] {
        let refused = office.run(&["check"], proxy, Some(bundle));
        assert_eq!(code(&refused), 3, "{}", both(&refused));
        assert_eq!(both(&refused).lines().count(), 1, "{}", both(&refused));
    }
}
