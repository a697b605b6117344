//! Silence: of the packages of this machine as they were installed, gwlint has nothing to say.
//!
//! What is in `/etc` counts only as long as the package manager finds it unchanged. Where a package is
//! missing or was changed, its test is left out and says so; with `GWLINT_REQUIRE_SERVERS=1` it fails.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod package;

#[path = "../common/copy.rs"]
mod copy;

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use gwlint::diagnostic::Severity;
use gwlint::rules::ALL;
use gwlint::session::{Request, Session};
use gwlint::vfs::Disk;
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tempfile::TempDir;

use package::{ALL as PACKAGES, Package};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = PACKAGES
        .iter()
        .map(|package| trial(package.name, std::slice::from_ref(package), |etc| Ok(etc.to_path_buf())))
        .collect();
    trials.push(trial("all of them", &PACKAGES, |etc| Ok(etc.to_path_buf())));
    trials.push(trial("all of them, PHP-FPM enabled in Apache", &PACKAGES, enable_php));
    libtest_mimic::run(&arguments, trials).exit();
}

/// Copies the packages' directories of `/etc`, lets `change` work on the copy, and expects silence.
fn trial(name: &str, packages: &'static [Package], change: fn(&Path) -> io::Result<PathBuf>) -> Trial {
    Trial::ignorable_test(name, move || {
        let missing: Vec<String> = packages.iter().filter_map(Package::obstacle).collect();
        if !missing.is_empty() {
            let reason = format!("left out: {}", missing.join("; "));
            return if is_required() { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) };
        }
        let root = TempDir::new()?;
        let etc = root.path().join("etc");
        for package in packages {
            copy::copy_tree(Path::new(package.directory), &root.path().join(&package.directory[1..]))?;
        }
        for file in ["passwd", "group"] {
            fs::copy(Path::new("/etc").join(file), etc.join(file))?;
        }
        is_silent(&change(&etc)?)?;
        Ok(Completion::Completed)
    })
}

fn is_silent(etc: &Path) -> Result<(), Failed> {
    let request = Request { paths: vec![etc.into()], rules: ALL.to_vec(), ..Request::default() };
    let outcome = Session { request, disk: Disk::real() }.lint().map_err(|failure| failure.to_string())?;
    let loud = outcome.findings.iter().filter(|finding| finding.severity > Severity::Hint);
    let said: Vec<String> = loud
        .map(|finding| {
            let file = outcome.sources.file_of(finding.span());
            let line = file.place(finding.span().lo).line;
            let severity = finding.severity.word();
            format!("{}:{line}: {severity} {} {}", file.path.display(), finding.rule, finding.message)
        })
        .collect();
    if !said.is_empty() {
        return Err(said.join("\n").into());
    }
    if outcome.workspace.files.is_empty() || !outcome.workspace.unreadable.is_empty() {
        return Err(format!("not read: {:?}", outcome.workspace.unreadable).into());
    }
    Ok(())
}

/// What `a2enmod proxy_fcgi setenvif; a2enconf php*-fpm` does.
fn enable_php(etc: &Path) -> io::Result<PathBuf> {
    let apache = etc.join("apache2");
    let is_php = |name: &str| name.starts_with("php") && name.ends_with("-fpm.conf");
    enable(&apache, "mods", |name| {
        matches!(name.split_once('.'), Some(("proxy" | "proxy_fcgi" | "setenvif", "load" | "conf")))
    })?;
    if enable(&apache, "conf", is_php)? == 0 {
        return Err(io::Error::other("PHP-FPM brings nothing for Apache"));
    }
    Ok(etc.to_path_buf())
}

/// Links what is available and `wanted`; how many there were.
fn enable(apache: &Path, kind: &str, wanted: impl Fn(&str) -> bool) -> io::Result<usize> {
    let mut count = 0;
    for entry in fs::read_dir(apache.join(format!("{kind}-available")))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let link = apache.join(format!("{kind}-enabled")).join(&name);
        if wanted(&name) {
            count += 1;
            if !link.is_symlink() {
                symlink(format!("../{kind}-available/{name}"), link)?;
            }
        }
    }
    Ok(count)
}

fn is_required() -> bool {
    std::env::var_os("GWLINT_REQUIRE_SERVERS").is_some_and(|value| !value.is_empty() && value != "0")
}
