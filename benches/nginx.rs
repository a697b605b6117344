//! `cargo bench`: how long gwlint takes, in times of what `nginx -t` takes on the same files.
//!
//! Times of one machine mean little on another; ratios of two programs that take turns on one machine
//! do. `docs/benchmarks.md` says what is measured and how to read it.

#![allow(clippy::expect_used, reason = "a measurement that cannot be set up has failed")]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Each program has so many turns; the shortest counts, because only disturbance makes it longer.
const TURNS: usize = 15;

const EMPTY: &str = "events {}\n";

const SITE: &str = "\
server {
    listen 127.0.0.1:PORT;
    server_name siteNUMBER.example.test www.siteNUMBER.example.test;
    root /srv/siteNUMBER/public;
    index index.php index.html;
    client_max_body_size 16m;
    gzip on;
    location / {
        try_files $uri $uri/ /index.php?$query_string;
    }
    location ~* \"\\.(?:css|js|png|jpe?g)$\" {
        expires 30d;
        add_header Cache-Control \"public, max-age=2592000\" always;
    }
    location ~ \\.php$ {
        include snippets/params.conf;
        fastcgi_pass unix:/run/php/siteNUMBER.sock;
        fastcgi_read_timeout 60s;
        fastcgi_buffers 8 16k;
        fastcgi_buffer_size 32k;
    }
    location /api/ {
        proxy_pass http://127.0.0.1:9NUMBER;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_read_timeout 120s;
    }
}
";

const PARAMETERS: &str = "\
fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
";

fn main() {
    // `cargo test --all-targets` runs this, too, and wants to know only that it runs.
    let turns = if std::env::args().any(|argument| argument == "--bench") { TURNS } else { 1 };
    let mut base = None;
    for sites in [0, 10, 100, 400] {
        let tree = tree(sites);
        let gwlint = best(turns, || gwlint(tree.path()));
        let ratio = |of: Duration| gwlint.as_secs_f64() / of.as_secs_f64();
        let mut line = format!("{sites:>4} sites: ");
        match best_if_there(turns, tree.path()) {
            Some(nginx) => write!(line, "{:.2} times `nginx -t`", ratio(nginx)),
            None => write!(line, "nginx is not there to compare with"),
        }
        .expect("a String takes all");
        let start = *base.get_or_insert(gwlint);
        write!(line, ", {:.1} times gwlint on no sites", ratio(start)).expect("a String takes all");
        println!("{line}");
    }
}

/// A configuration of nginx alone that both programs find nothing to say of.
fn tree(sites: usize) -> TempDir {
    let dir = TempDir::new().expect("a temporary directory");
    let nginx = dir.path().join("etc/nginx");
    fs::create_dir_all(nginx.join("snippets")).expect("a directory");
    fs::create_dir_all(nginx.join("sites-enabled")).expect("a directory");
    let main = if sites == 0 {
        EMPTY.to_owned()
    } else {
        format!("{EMPTY}http {{\n    access_log off;\n    include sites-enabled/*;\n}}\n")
    };
    fs::write(nginx.join("nginx.conf"), main).expect("a file");
    fs::write(nginx.join("snippets/params.conf"), PARAMETERS).expect("a file");
    for number in 0..sites {
        let text =
            SITE.replace("PORT", &(20_000 + number).to_string()).replace("NUMBER", &format!("{number:03}"));
        fs::write(nginx.join(format!("sites-enabled/site{number}")), text).expect("a file");
    }
    dir
}

fn gwlint(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gwlint"));
    command.arg("--no-config").arg(dir);
    command
}

fn nginx(dir: &Path) -> Command {
    let mut command = Command::new("nginx");
    let nginx = dir.join("etc/nginx");
    command.arg("-t").arg("-q").arg("-p").arg(&nginx).arg("-c").arg(nginx.join("nginx.conf"));
    command.arg("-e").arg("stderr").arg("-g").arg(format!("pid {};", dir.join("pid").display()));
    command
}

/// The best of `nginx -t`, where there is a nginx that takes the tree.
fn best_if_there(turns: usize, dir: &Path) -> Option<Duration> {
    let mut trial = nginx(dir);
    let status = trial.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success()).then(|| best(turns, || nginx(dir)))
}

/// The shortest time of so many runs.
fn best(turns: usize, command: impl Fn() -> Command) -> Duration {
    let times = (0..turns).map(|_| {
        let mut command = command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let status = command.status().expect("it runs");
        let time = start.elapsed();
        assert!(status.success(), "{command:?}: {status}");
        time
    });
    times.min().expect("at least one turn")
}
