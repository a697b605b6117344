//! The real pre-commit runs the hooks of `.pre-commit-hooks.yaml` in a small configuration repository:
//! a commit that breaks the stack is refused, one that does not passes.
//!
//! Where there is no `pre-commit` on `PATH` the tests are left out, and fail with
//! `GWLINT_REQUIRE_SERVERS=1`. The hook that cargo builds takes a whole build of gwlint and runs only
//! with `GWLINT_PRE_COMMIT_RUST=1`.

#![allow(clippy::expect_used, reason = "a test that cannot be set up has failed")]

mod repository;

#[path = "../common/copy.rs"]
mod copy;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tempfile::TempDir;

use repository::Repository;

/// What cargo needs of the project to build gwlint.
const SOURCES: [&str; 5] = ["Cargo.toml", "Cargo.lock", "src", "grammar", "rules"];

const SITE: &str = "etc/nginx/sites-enabled/shop";
const POOL: &str = "etc/php/8.2/fpm/pool.d/www.conf";

const PARAMETERS: &str = "\
fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
";

fn main() {
    let arguments = Arguments::from_args();
    let trials = vec![
        Trial::ignorable_test("the hook of the system", || judge("gwlint-system", None)),
        Trial::ignorable_test("the hook that cargo builds", || {
            judge("gwlint", Some("GWLINT_PRE_COMMIT_RUST"))
        }),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn judge(hook: &str, asked_by: Option<&str>) -> Result<Completion, Failed> {
    if let Some(variable) = asked_by.filter(|variable| !is_set(variable)) {
        return Ok(Completion::ignored_with(format!("left out: a whole build, made with {variable}=1")));
    }
    if !is_on_path("pre-commit") {
        let reason = "left out, this machine lacks: pre-commit";
        let required = is_set("GWLINT_REQUIRE_SERVERS");
        return if required { Err(reason.into()) } else { Ok(Completion::ignored_with(reason)) };
    }
    let dir = TempDir::new()?;
    let hooks = hooks(dir.path(), asked_by.is_some())?;
    let stack = Repository::new(&dir.path().join("stack"))?;
    protect(&stack, &hooks, hook)?;
    commits_are_judged(&stack)?;
    Ok(Completion::Completed)
}

/// A repository of the hooks, with what is needed to build gwlint or without.
fn hooks(dir: &Path, with_sources: bool) -> Result<Repository, Failed> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hooks = Repository::new(&dir.join("hooks"))?;
    hooks.copy(&project.join(".pre-commit-hooks.yaml"))?;
    for name in SOURCES.iter().filter(|_| with_sources) {
        hooks.copy(&project.join(name))?;
    }
    hooks.commit("the hooks")?;
    Ok(hooks)
}

/// Lets pre-commit run `hook` before each commit to `stack`.
fn protect(stack: &Repository, hooks: &Repository, hook: &str) -> Result<(), Failed> {
    let revision = hooks.git(&["rev-parse", "HEAD"])?;
    let config = format!(
        "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: {hook}\n",
        hooks.path().display(),
        revision.trim()
    );
    stack.write(".pre-commit-config.yaml", &config)?;
    stack.run("pre-commit", &["install", "--install-hooks"])?;
    Ok(())
}

fn commits_are_judged(stack: &Repository) -> Result<(), Failed> {
    let site = |socket: &str| {
        format!(
            "server {{\n    listen 80;\n    root /srv/shop;\n    location ~ \\.php$ {{\n        \
             include fastcgi.conf;\n        fastcgi_pass unix:{socket};\n    }}\n}}\n"
        )
    };
    stack.write(
        "etc/nginx/nginx.conf",
        "user www-data;\nevents {}\nhttp {\n    include sites-enabled/*;\n}\n",
    )?;
    stack.write("etc/nginx/fastcgi.conf", PARAMETERS)?;
    stack.write(SITE, &site("/run/php/php8.2-fpm.sock"))?;
    stack.write("etc/php/8.2/fpm/php-fpm.conf", "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n")?;
    let pool = "[www]\nuser = www-data\nlisten = /run/php/php8.2-fpm.sock\nlisten.owner = www-data\n\
                listen.group = www-data\npm = static\npm.max_children = 5\n";
    stack.write(POOL, pool)?;
    accepted(stack, "a stack that works")?;

    stack.write(SITE, &site("/run/php/php8.1-fpm.sock"))?;
    refused(stack, "a site that calls a socket of another version", "target/")?;
    stack.write(SITE, &(site("/run/php/php8.2-fpm.sock") + "# harmless\n"))?;
    accepted(stack, "a comment")?;

    stack.write("notes.txt", "of no interest\n")?;
    accepted(stack, "a file that is no configuration")?;

    stack.write(POOL, &pool.replace("/run/php/php8.2-fpm.sock", "/run/php/shop.sock"))?;
    refused(stack, "a pool that moves away from its site", "target/")?;
    stack.write(POOL, pool)?;

    stack.remove("etc/nginx/fastcgi.conf")?;
    refused(stack, "taking away what a site includes", "include/")
}

fn accepted(stack: &Repository, what: &str) -> Result<(), Failed> {
    stack.commit(what).map_err(|error| format!("{what} was refused:\n{error}").into()).map(drop)
}

/// Git refuses the commit, because gwlint named a rule of this family.
fn refused(stack: &Repository, what: &str, family: &str) -> Result<(), Failed> {
    match stack.commit(what) {
        Ok(_) => Err(format!("{what} was committed").into()),
        Err(said) if said.contains(family) => Ok(()),
        Err(said) => Err(format!("{what} was refused for another reason:\n{said}").into()),
    }
}

fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|dir: PathBuf| dir.join(program)).any(|file| file.is_file())
}
