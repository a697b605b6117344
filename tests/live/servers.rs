//! Finds, starts and stops the real servers.
//!
//! Every server gets its own process group, so that it and its workers can be ended by the id of
//! the process started here and nothing else on the machine is touched.

use std::env;
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::hosts;
use crate::tree::Tree;

const START_LIMIT: Duration = Duration::from_secs(15);
const STOP_LIMIT: Duration = Duration::from_secs(4);
const TICK: Duration = Duration::from_millis(10);

/// Where servers live, whatever `PATH` the tester has.
const SERVER_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The PHP whose directories the trees have; any PHP-FPM reads them.
const FPM_ETC: &str = "etc/php/8.2/fpm";

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Nginx,
    Apache,
    Fpm,
}

/// The servers of one tree, up until dropped.
pub(crate) struct Running {
    servers: Vec<Server>,
    /// Those that gave up at their start.
    pub(crate) refused: Vec<Service>,
}

/// A server process, stopped when dropped.
struct Server {
    service: Service,
    child: Child,
}

/// Where Debian has the modules of Apache.
const MODULES: &str = "/usr/lib/apache2/modules";

/// What this machine lacks to run these services with these modules of Apache.
pub(crate) fn missing(services: &[Service], modules: &[String]) -> Vec<String> {
    let mut missing: Vec<String> = services
        .iter()
        .filter(|service| service.binary().is_none())
        .map(|service| service.package().to_owned())
        .collect();
    let absent = modules.iter().filter(|module| !Path::new(MODULES).join(format!("{module}.so")).exists());
    missing.extend(absent.map(|module| format!("the Apache module {module}")));
    if !is_root() {
        missing.push("root rights (the servers drop theirs)".to_owned());
    }
    missing
}

/// Whether a missing server is a failure.
pub(crate) fn are_required() -> bool {
    env::var_os("GWLINT_REQUIRE_SERVERS").is_some_and(|value| !value.is_empty() && value != "0")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

impl Service {
    pub(crate) fn from_name(name: &str) -> Result<Self> {
        match name {
            "nginx" => Ok(Self::Nginx),
            "apache" => Ok(Self::Apache),
            "fpm" => Ok(Self::Fpm),
            _ => Err(format!("no such service: {name}")),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Fpm => "fpm",
        }
    }

    fn reload_signal(self) -> &'static str {
        match self {
            Self::Nginx => "HUP",
            Self::Apache => "USR1",
            Self::Fpm => "USR2",
        }
    }

    /// The Debian package that holds it.
    fn package(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache2",
            Self::Fpm => "php-fpm",
        }
    }

    fn binary(self) -> Option<PathBuf> {
        match self {
            Self::Nginx => find(|name| name == "nginx"),
            Self::Apache => find(|name| name == "apache2"),
            Self::Fpm => find(|name| {
                name.strip_prefix("php-fpm").is_some_and(|version| {
                    version.chars().all(|letter| letter.is_ascii_digit() || letter == '.')
                })
            }),
        }
    }

    /// The command line that runs it in the foreground on this tree.
    fn command(self, binary: &Path, tree: &Tree) -> Command {
        let mut command = guarded();
        command.env_clear().env("PATH", SERVER_PATH).env("LC_ALL", "C");
        // A name that is nowhere is found to be nowhere soon.
        command.env("RES_OPTIONS", "timeout:1 attempts:1");
        hosts::lay_over(&mut command, tree);
        match self {
            Self::Nginx => {
                command.arg(binary).arg("-p").arg(tree.prefix());
                command.arg("-c").arg(tree.path("etc/nginx/nginx.conf"));
                command.args(["-e", "stderr", "-g", "daemon off;"]);
            }
            Self::Fpm => {
                command.arg(binary).args(["--nodaemonize", "--prefix"]);
                command.arg(tree.prefix()).arg("--fpm-config");
                command.arg(tree.path(FPM_ETC).join("php-fpm.conf"));
                command.arg("-c").arg(tree.path(FPM_ETC).join("php.ini"));
                command.env("PHP_INI_SCAN_DIR", tree.path(FPM_ETC).join("conf.d"));
            }
            Self::Apache => {
                // As apache2ctl does it.
                command.args(["sh", "-c", ". \"$2/envvars\" && exec \"$1\" -d \"$2\" -DFOREGROUND"]);
                command.arg("apache").arg(binary).arg(tree.path("etc/apache2"));
            }
        }
        command
    }

    /// Whether it says that it serves.
    fn is_ready(self, tree: &Tree) -> bool {
        let holds = |path: &str, text: &str| {
            fs::read(tree.path(path)).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text))
        };
        match self {
            Self::Nginx => holds("run/nginx.pid", "\n"),
            Self::Fpm => holds("var/log/php/fpm.log", "ready to handle connections"),
            Self::Apache => holds("var/log/apache2/error.log", "resuming normal operations"),
        }
    }
}

/// The last of the server programs whose name fits: the newest version, where there are several.
fn find(fits: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let folders = env::split_paths(SERVER_PATH).filter_map(|folder| fs::read_dir(folder).ok());
    let mut found: Vec<PathBuf> = folders
        .flatten()
        .flatten()
        .filter(|entry| fits(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found.pop()
}

/// A command that is ended by the kernel when the tests are killed before they can do it.
fn guarded() -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM", "--"]);
    command
}

impl Running {
    /// Starts the services in order; one that gives up is noted, one that hangs is an error.
    pub(crate) fn start(services: &[Service], tree: &Tree) -> Result<Self> {
        tree.reset_runtime()?;
        let mut running = Self { servers: Vec::new(), refused: Vec::new() };
        for &service in services {
            match Server::start(service, tree)? {
                Some(server) => running.servers.push(server),
                None => running.refused.push(service),
            }
        }
        Ok(running)
    }

    /// Lets a server read its configuration anew, as `systemctl reload` does it.
    pub(crate) fn reload(&self, service: Service) {
        for server in self.servers.iter().filter(|server| server.service == service) {
            send_signal(service.reload_signal(), &server.child.id().to_string());
        }
    }

    /// Whether all that came up are still there.
    pub(crate) fn all_alive(&self) -> bool {
        self.servers.iter().all(|server| !server.has_ended())
    }
}

impl Server {
    /// `None` where the server ends by itself instead of serving.
    fn start(service: Service, tree: &Tree) -> Result<Option<Self>> {
        let name = service.name();
        let binary = service.binary().ok_or_else(|| format!("{name} is not installed"))?;
        let output = tree.path(&format!("var/log/{name}.output"));
        let output = File::create(&output).map_err(|error| format!("{name}: {error}"))?;
        let copy = output.try_clone().map_err(|error| format!("{name}: {error}"))?;
        let child = service
            .command(&binary, tree)
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(copy)
            .spawn()
            .map_err(|error| format!("{name} could not be started: {error}"))?;
        let server = Self { service, child };
        let deadline = Instant::now() + START_LIMIT;
        while Instant::now() < deadline {
            if server.has_ended() {
                return Ok(None);
            }
            if service.is_ready(tree) {
                return Ok(Some(server));
            }
            thread::sleep(TICK);
        }
        let logs = tree.logs();
        Err(format!("{name} neither came up nor gave up within {START_LIMIT:?}\n{logs}"))
    }

    /// Whether the process is over. It is not reaped here: as long as it is a zombie, its id, which
    /// is also that of the process group, belongs to nobody else.
    fn has_ended(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        // pid (name) state ...
        let state = stat.ok().and_then(|stat| stat.rsplit_once(") ")?.1.chars().next());
        matches!(state, None | Some('Z' | 'X'))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let leader = self.child.id();
        send_signal("TERM", &leader.to_string());
        let deadline = Instant::now() + STOP_LIMIT;
        while !self.has_ended() && Instant::now() < deadline {
            thread::sleep(TICK);
        }
        // Workers that outlived their master, and the master if it would not go.
        send_signal("KILL", &format!("-{leader}"));
        if let Err(error) = self.child.wait() {
            eprintln!("live: process {leader} could not be waited for: {error}");
        }
    }
}

/// Sends a signal by the shell's own `kill`, which every machine has. The target may be gone.
fn send_signal(signal: &str, target: &str) {
    let done = Command::new("sh")
        .args(["-c", "kill -s \"$1\" -- \"$2\"", "kill", signal, target])
        .stderr(Stdio::null())
        .status();
    if let Err(error) = done {
        eprintln!("live: cannot send {signal} to {target}: {error}");
    }
}
