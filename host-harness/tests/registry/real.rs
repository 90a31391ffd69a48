//! Against Debian's `docker-registry`, over plain HTTP and over TLS with a password, and with `wkg` as the other
//! client. Run by `.ci/registry`, which installs what they need.

use std::fs;
use std::net::{IpAddr, TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use host_harness::component::{Connector, Limits as CallLimits, Runtime};

use super::command_line::{failure, koppeling, run_command, said, succeeded};
use super::*;

/// Debian's registry on a free port, with its storage in a folder that goes with it.
struct Registry {
    process: Child,
    folder: tempfile::TempDir,
    address: String,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

enum Guard {
    /// Plain HTTP, anybody.
    Open,
    /// TLS with a certificate for that address, and `robot` with `canary-password`.
    TlsAndPassword,
}

impl Registry {
    fn start(ip: IpAddr, guard: Guard) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap().port();
        let address = format!("{ip}:{port}");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut config = format!(
            "version: 0.1\nlog:\n  accesslog:\n    disabled: true\n  level: error\nstorage:\n  filesystem:\n    \
             rootdirectory: {}\nhttp:\n  addr: {address}\n",
            path("storage")
        );
        if matches!(guard, Guard::TlsAndPassword) {
            let (certificate, key, users) = (path("tls.crt"), path("tls.key"), path("htpasswd"));
            run(Command::new("openssl").args([
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=registry",
                "-keyout",
                &key,
                "-out",
                &certificate,
                "-addext",
                &format!("subjectAltName=IP:{ip}"),
                // What signs others may not serve itself.
                "-addext",
                "basicConstraints=critical,CA:FALSE",
            ]));
            fs::write(&users, run(Command::new("htpasswd").args(["-nbB", "robot", "canary-password"]))).unwrap();
            config.push_str(&format!(
                "  tls:\n    certificate: {certificate}\n    key: {key}\nauth:\n  htpasswd:\n    realm: registry\n    \
                 path: {users}\n"
            ));
        }
        fs::write(path("config.yml"), config).unwrap();
        let process = Command::new("docker-registry")
            .args(["serve", &path("config.yml")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker-registry is not there: run .ci/registry, which installs it");
        let registry = Self { process, folder, address };
        let until = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(&registry.address).is_err() {
            assert!(Instant::now() < until, "docker-registry does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        registry
    }
}

fn run(command: &mut Command) -> Vec<u8> {
    let program = command.get_program().to_os_string();
    let output = command.output();
    let output = output.unwrap_or_else(|_| panic!("{program:?} is not there: run .ci/registry, which installs it"));
    assert!(output.status.success(), "{program:?}: {}", said(&output));
    output.stdout
}

fn wkg(arguments: &[&str]) -> String {
    let program = std::env::var_os("WKG").map_or_else(|| PathBuf::from("wkg"), PathBuf::from);
    String::from_utf8(run(Command::new(program).args(arguments))).unwrap()
}

fn loopback() -> IpAddr {
    [127, 0, 0, 1].into()
}

fn file_in(folder: &Path, name: &str, bytes: &[u8]) -> String {
    let file = folder.join(name);
    fs::write(&file, bytes).unwrap();
    file.display().to_string()
}

#[test]
#[ignore = "needs docker-registry and wkg: run .ci/registry"]
fn what_we_push_wkg_pulls() {
    let registry = Registry::start(loopback(), Guard::Open);
    let folder = registry.folder.path();
    file_in(folder, "connector.wasm", CONNECTOR);
    run_command(folder, &["plugin", "keygen"], &[]);
    run_command(folder, &["plugin", "sign", "connector.wasm"], &[]);
    let place = format!("{}/office/connector", registry.address);
    let to = format!("oci://{place}:0.1.0");
    let pinned = run_command(folder, &["plugin", "push", "connector.wasm", &to], &[]);
    let by_digest = pinned.strip_prefix("oci://").unwrap();
    for (number, name) in [format!("{place}:0.1.0"), by_digest.to_owned()].iter().enumerate() {
        let out = folder.join(format!("{number}.wasm"));
        wkg(&["oci", "pull", "--insecure", &registry.address, name, "-o", out.to_str().unwrap()]);
        assert!(fs::read(out).unwrap() == CONNECTOR, "{name}");
    }
}

#[test]
#[ignore = "needs docker-registry and wkg: run .ci/registry"]
fn what_wkg_pushes_we_pull() {
    let registry = Registry::start(loopback(), Guard::Open);
    let folder = registry.folder.path();
    let file = file_in(folder, "connector.wasm", CONNECTOR);
    let place = format!("{}/office/connector", registry.address);
    wkg(&["oci", "push", "--insecure", &registry.address, &format!("{place}:0.1.0"), &file]);
    let pinned = run_command(folder, &["plugin", "digest", &format!("oci://{place}:0.1.0")], &[]);
    run_command(folder, &["plugin", "pull", &pinned, "--out", "pulled.wasm"], &[]);
    assert!(fs::read(folder.join("pulled.wasm")).unwrap() == CONNECTOR);
    // A signature that travels with what wkg pushes.
    let key = run_command(folder, &["plugin", "keygen"], &[]);
    run_command(folder, &["plugin", "sign", "connector.wasm"], &[]);
    let signature = fs::read_to_string(folder.join("connector.wasm.minisig")).unwrap();
    let annotation = format!("io.github.jedisct1.minisign={}", BASE64.encode(signature));
    wkg(&[
        "oci",
        "push",
        "--insecure",
        &registry.address,
        &format!("{place}:0.1.1"),
        &file,
        "--annotation",
        &annotation,
    ]);
    let signed = run_command(folder, &["plugin", "digest", &format!("oci://{place}:0.1.1")], &[]);
    run_command(folder, &["plugin", "verify", &signed, "--plugin-key", &key], &[]);
    failure(&koppeling(folder, &["plugin", "verify", &pinned, "--plugin-key", &key], &[]), 7);
    run(Command::new("minisign").args(["-Vm", &file, "-P", &key]));
}

#[test]
#[ignore = "needs docker-registry and wkg: run .ci/registry"]
fn a_real_registry_is_spoken_to_over_tls_and_with_a_password() {
    // An address of this machine that is not loopback: nothing is sent to find it.
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    socket.connect("192.0.2.1:9").expect("this machine has no network address for a registry with TLS");
    let registry = Registry::start(socket.local_addr().unwrap().ip(), Guard::TlsAndPassword);
    let folder = registry.folder.path();
    file_in(folder, "connector.wasm", CONNECTOR);
    let to = format!("oci://{}/office/connector:0.1.0", registry.address);
    let open = Registry::start(socket.local_addr().unwrap().ip(), Guard::Open);
    let in_the_clear = format!("oci://{}/office/connector:0.1.0", open.address);
    let refused = failure(&koppeling(folder, &["plugin", "digest", &in_the_clear], &[]), 7);
    assert!(refused.contains("does not answer as a registry does"), "{refused}");

    let certificate = folder.join("tls.crt").display().to_string();
    let push =
        |environment: &[(&str, &str)]| koppeling(folder, &["plugin", "push", "connector.wasm", &to], environment);
    let untrusted = failure(&push(&[]), 7);
    assert!(untrusted.contains("certificate that this machine does not trust"), "{untrusted}");
    let trusted = ("SSL_CERT_FILE", certificate.as_str());
    let nobody = failure(&push(&[trusted]), 7);
    assert!(nobody.contains("refuses access"), "{nobody}");
    let robot = |password| {
        let own = ("KOPPELING_REGISTRY", registry.address.as_str());
        [trusted, own, ("KOPPELING_REGISTRY_USER", "robot"), ("KOPPELING_REGISTRY_PASSWORD", password)]
    };
    failure(&push(&robot("canary-another")), 7);
    let pushed = push(&robot("canary-password"));
    let pinned = succeeded(&pushed);
    assert!(!said(&pushed).contains("canary"));
    let pull = ["plugin", "pull", &pinned, "--out", "pulled.wasm", "-vv"];
    failure(&koppeling(folder, &pull, &[trusted]), 7);
    let pulled = koppeling(folder, &pull, &robot("canary-password"));
    succeeded(&pulled);
    assert!(!said(&pulled).contains("canary"));
    assert!(fs::read(folder.join("pulled.wasm")).unwrap() == CONNECTOR);
}

/// Prints what it takes: `.ci/registry` shows it.
#[tokio::test]
#[ignore = "needs docker-registry and wkg: run .ci/registry"]
async fn a_connector_that_was_loaded_before_is_loaded_faster() {
    let registry = Registry::start(loopback(), Guard::Open);
    let pinned = push(&registry.address, None).await;
    let folder = tempfile::tempdir().unwrap();
    let (resolver, compiled) = (resolver(folder.path()), folder.path().join("compiled"));
    let runtime = Runtime::new(CallLimits::default()).unwrap();
    let mut took = Vec::new();
    for what in ["pull, verify and compile", "load what was kept"] {
        let start = Instant::now();
        let source = resolver.resolve(&plugin(&pinned)).await.unwrap();
        let obtained = start.elapsed();
        Connector::load(&runtime, &source, Some(&compiled)).unwrap();
        took.push(start.elapsed());
        eprintln!("{what}: {:.1} ms, of which {:.1} ms until the bytes are there", ms(start.elapsed()), ms(obtained));
    }
    assert!(took[1] < took[0], "{took:?}");
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
