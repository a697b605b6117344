//! Random sizes of buffers, in `http`, a server and its locations: what nginx refuses it accepts after `--fix`.

use std::fmt::Write;

use gwlint::diagnostic::Applicability;
use gwlint::fix::converge;
use gwlint::rules::ALL;
use gwlint::session::{Request, Session};
use gwlint::tree::Dialect;
use libtest_mimic::{Completion, Failed};

use crate::base::Base;
use crate::random::Random;
use crate::server::Server;

const SIZES: [&str; 7] = ["1k", "4k", "8k", "16k", "32k", "64k", "128k"];
const COUNTS: [&str; 5] = ["1", "2", "4", "8", "16"];
const PREFIXES: [&str; 4] = ["proxy", "fastcgi", "uwsgi", "scgi"];

/// Repairs `count` trees and asks nginx about each.
pub(crate) fn judge(count: usize) -> Result<Completion, Failed> {
    let mut refused = 0;
    for number in 0..count {
        let before = Base::single(Server::Nginx, "buffers", tree(number));
        refused += usize::from(!Server::Nginx.ask(&before)?.accepts);
        let after = Base::single(Server::Nginx, "buffers", repaired(&before)?);
        let verdict = Server::Nginx.ask(&after)?;
        if !verdict.accepts {
            let [before, after] = [before, after].map(|base| base.files.into_values().collect::<String>());
            return Err(format!("tree {number}:\n{before}became\n{after}nginx: {}", verdict.message).into());
        }
    }
    // Sizes drawn at random nearly never fit.
    if refused * 2 < count {
        return Err(format!("nginx refuses only {refused} of {count} trees: they show nothing").into());
    }
    Ok(Completion::Completed)
}

fn tree(number: usize) -> String {
    let mut random = Random::new("buffers", number);
    let prefix = PREFIXES[number % PREFIXES.len()];
    let mut text =
        format!("events {{}}\nhttp {{\n{}server {{\n    listen 29102;\n", sizes(&mut random, prefix));
    text += &sizes(&mut random, prefix);
    for location in 0..=random.below(3) {
        let pass = if prefix == "proxy" { "proxy_pass http://127.0.0.1:80" } else { "root /srv" };
        let own = sizes(&mut random, prefix);
        let _ = write!(text, "location /{location} {{\n{own}    {pass};\n");
        if random.below(3) == 0 {
            let _ = write!(text, "location /{location}/x {{\n{}}}\n", sizes(&mut random, prefix));
        }
        text += "}\n";
    }
    text + "}\n}\n"
}

/// Some of the five settings.
fn sizes(random: &mut Random, prefix: &str) -> String {
    let mut text = String::new();
    let settings = [
        ("buffer_size", 5),
        ("buffers", 5),
        ("busy_buffers_size", 5),
        ("temp_file_write_size", 2),
        ("max_temp_file_size", 2),
    ];
    for (suffix, of_twelve) in settings {
        let size = SIZES[random.below(SIZES.len())];
        let count = if suffix == "buffers" { COUNTS[random.below(COUNTS.len())] } else { "" };
        if random.below(12) < of_twelve {
            let _ = writeln!(text, "    {prefix}_{suffix} {count} {size};");
        }
    }
    text
}

/// The text after all safe repairs.
fn repaired(base: &Base) -> Result<String, String> {
    let request = Request {
        paths: vec![base.main.clone()],
        rules: ALL.to_vec(),
        dialect: Some(Dialect::Nginx),
        ..Request::default()
    };
    let session = Session { request, disk: base.disk() };
    let repair = converge(&session, Applicability::Safe).map_err(|failure| failure.to_string())?;
    let after = repair.files.into_iter().next().map(|file| String::from_utf8_lossy(&file.after).into_owned());
    Ok(after.unwrap_or_else(|| base.files.values().cloned().collect()))
}
