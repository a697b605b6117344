//! What httpd 2.4.71 said to each of several hundred expressions: `?` a condition, `=` a text; `+` taken,
//! `-` refused.

use super::{ExprFaultKind, ExprForm, apache_expression};
use crate::vocabulary::ExprName;

#[test]
fn exactly_what_httpd_takes_is_taken() {
    let mut wrong = Vec::new();
    for line in include_str!("cases.txt").lines() {
        let (mark, text) = line.split_at(2);
        let form = if mark.starts_with('?') { ExprForm::Condition } else { ExprForm::Text };
        let text = &text[1..];
        let read = apache_expression(text, form);
        if read.is_ok() != mark.ends_with('+') {
            wrong.push(format!("{line}: {read:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn faults_say_what_they_are_about() {
    let kind = |text| apache_expression(text, ExprForm::Condition).err().map(|fault| (fault.kind, fault.at));
    assert_eq!(kind("%{HTTPS}"), Some((ExprFaultKind::Lone, 0..8)));
    assert_eq!(
        kind("true && %{FOO} == 'a'"),
        Some((ExprFaultKind::Unknown(ExprName::Variable, "FOO".to_owned()), 10..13))
    );
    assert_eq!(kind("'a' == 'b"), Some((ExprFaultKind::OpenString, 7..9)));
    assert_eq!(kind("'a' =="), Some((ExprFaultKind::Ends, 6..6)));
    assert_eq!(kind("'a' == b"), Some((ExprFaultKind::Unexpected, 7..8)));
    assert_eq!(kind("%{HTTPS == 'a'"), Some((ExprFaultKind::InVariable(' '), 7..8)));
}

#[test]
fn patterns_are_handed_out() {
    let read =
        apache_expression("'a' =~ m#x/y#i && 'b' !~ /z/", ExprForm::Condition).map(|read| read.regexes);
    assert_eq!(read, Ok(vec![(9..12, false), (26..27, true)]));
}
