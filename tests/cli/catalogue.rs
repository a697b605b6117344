//! `gwlint rules` and `gwlint explain`.

use super::Place;

#[test]
fn rules_lists_every_rule_in_every_format() {
    let place = Place::new(&[]);
    let rules = gwlint::rules::ALL;
    let full = place.run(&["rules"]);
    assert_eq!((full.status, full.out.lines().count()), (0, rules.len() + 1));
    let concise = place.run(&["rules", "--format", "concise"]);
    assert!(concise.out.lines().eq(rules.iter().map(|rule| rule.name)));
    let json = place.run(&["rules", "--format", "json"]).out;
    let json: Vec<serde_json::Value> = serde_json::from_str(&json).expect("one JSON document");
    assert_eq!(json.len(), rules.len());
}

#[test]
fn explain_prints_the_card_of_a_rule() {
    let place = Place::new(&[]);
    for rule in gwlint::rules::ALL {
        let ran = place.run(&["explain", rule.name]);
        let title = format!("{}: {}, repaired by ", rule.name, rule.severity.word());
        assert!(ran.status == 0 && ran.out.starts_with(&title), "{}", ran.out);
        assert!(ran.out.contains("\n## Bad") && !ran.out.contains("#~"), "{}", ran.out);
        assert_eq!(ran.out.lines().count(), rule.card.trim().lines().count());
    }
}

#[test]
fn explain_knows_no_other_rules() {
    let ran = Place::new(&[]).run(&["explain", "no/such-rule"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
    assert!(ran.err.starts_with("error: there is no rule `no/such-rule`\n  help: "), "{}", ran.err);
}
