//! Which rules no live case stands for, and why: `without-case.toml` is to be as long as it has to be, and no longer.

use std::collections::BTreeSet;
use std::fs;

use toml_edit::DocumentMut;

use crate::Result;
use crate::case::{self, Case};
use crate::gwlint;

/// Every rule of severity error or warning has a case, or a reason why none of the servers can show its fault here.
pub(crate) fn check() -> Result<()> {
    let rules: BTreeSet<String> = gwlint::rules_of_faults()?.into_iter().collect();
    let cases: Vec<Case> = case::folders()?.iter().map(|folder| Case::read(folder)).collect::<Result<_>>()?;
    let with_case: BTreeSet<&str> = cases.iter().map(|case| case.rule.as_str()).collect();
    let reasons = reasons()?;
    let mut complaints = Vec::new();
    for rule in &rules {
        match (with_case.contains(rule.as_str()), reasons.contains(rule)) {
            (false, false) => complaints.push(format!("{rule}: write a case, or why there can be none")),
            (true, true) => complaints.push(format!("{rule}: has a case, and needs no reason")),
            _ => {}
        }
    }
    let strangers = reasons.difference(&rules);
    complaints
        .extend(strangers.map(|rule| format!("{rule}: has a reason, and is no rule of error or warning")));
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n")) }
}

/// The rules of `without-case.toml`, each of which says a reason.
fn reasons() -> Result<BTreeSet<String>> {
    let path = crate::tree::live_folder().join("without-case.toml");
    let explain = |message: String| format!("{}: {message}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| explain(error.to_string()))?;
    let document: DocumentMut = text.parse().map_err(|error| explain(format!("{error}")))?;
    let mut rules = BTreeSet::new();
    for (rule, reason) in document.iter() {
        if reason.as_str().is_none_or(|reason| reason.trim().is_empty()) {
            return Err(explain(format!("{rule} says no reason")));
        }
        rules.insert(rule.to_owned());
    }
    Ok(rules)
}
