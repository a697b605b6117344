//! Runs the gwlint under test, as a user would.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::Result;

/// The rules that gwlint reports for a configuration, once for each finding.
pub(crate) fn lint(etc: &Path, hints: bool) -> Result<Vec<String>> {
    let output = run(&with_hints(&["--format", "json"], hints), Some(etc))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let document: Value = serde_json::from_str(&text)
        .map_err(|error| format!("gwlint --format json wrote no JSON: {error}\n{text}"))?;
    let findings = document.as_array().ok_or("gwlint's JSON is no list of findings")?;
    findings
        .iter()
        .map(|finding| finding["rule"].as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| "a finding in gwlint's JSON names no rule".to_owned())
}

/// The rules whose findings are errors or warnings.
pub(crate) fn rules_of_faults() -> Result<Vec<String>> {
    let output = run(&["rules", "--format", "json"], None)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rules: Value = serde_json::from_str(&text).map_err(|error| format!("gwlint rules: {error}"))?;
    let rules = rules.as_array().ok_or("gwlint's JSON is no list of rules")?;
    let faults = rules.iter().filter(|rule| rule["severity"] != "hint");
    faults
        .map(|rule| rule["name"].as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or_else(|| "a rule in gwlint's JSON has no name".to_owned())
}

/// Lets gwlint repair a configuration.
pub(crate) fn fix(etc: &Path, with_unsafe: bool, hints: bool) -> Result<()> {
    let options: &[&str] = if with_unsafe { &["--fix", "--unsafe-fixes"] } else { &["--fix"] };
    run(&with_hints(options, hints), Some(etc)).map(drop)
}

/// The options, and the one that asks for hints where they are wanted.
fn with_hints(options: &[&'static str], hints: bool) -> Vec<&'static str> {
    let more = if hints { &["--hints"][..] } else { &[] };
    [options, more].concat()
}

/// Runs gwlint; 0 and 1 are the statuses of a job done.
fn run(options: &[&str], etc: Option<&Path>) -> Result<Output> {
    let output = Command::new(env!("CARGO_BIN_EXE_gwlint"))
        .env("GWLINT_STATE_DIR", env!("CARGO_TARGET_TMPDIR"))
        .args(options)
        .args(etc)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("gwlint could not be started: {error}"))?;
    if matches!(output.status.code(), Some(0 | 1)) {
        return Ok(output);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    Err(format!("gwlint {}: {}\n{complaint}", options.join(" "), output.status))
}
