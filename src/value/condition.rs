//! The condition of an nginx `if`, after `ngx_http_rewrite_if_condition`.

use std::ops::Range;

/// A part of a condition: which argument of the `if`, and which bytes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The argument.
    pub index: usize,
    /// Its bytes, without the brackets of the condition.
    pub bytes: Range<usize>,
}

/// What an `if` asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NginxCondition {
    /// Whether a variable is set: all behind its `$` is its name.
    Variable(Part),
    /// Whether a variable equals a text.
    Compare(Part, Part),
    /// Whether a variable matches an expression, and whether in any case.
    Match(Part, Part, bool),
    /// Whether there is such a file.
    File(Part),
}

/// Why nginx does not take a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConditionFault {
    /// It does not begin with `(`.
    NoOpening(Part),
    /// It does not end in `)`.
    NoClosing(Part),
    /// There is nothing in it.
    Empty(Part),
    /// It begins with neither a variable nor a test of files.
    NoVariable(Part),
    /// Too many or too few words follow the variable, or the test of files.
    Count(Part),
    /// There is no such operator.
    Operator(Part),
    /// There is no such test of files.
    Test(Part),
}

/// Reads the arguments of an `if`.
pub fn nginx_condition<T: AsRef<str>>(words: &[T]) -> Result<NginxCondition, ConditionFault> {
    use ConditionFault as Fault;
    let parts = inner(words)?;
    let text = |part: &Part| &words[part.index].as_ref()[part.bytes.clone()];
    let [first, rest @ ..] = parts.as_slice() else {
        return Err(Fault::Empty(whole(words, words.len() - 1)));
    };
    let begin = text(first);
    if begin.len() > 1 && begin.starts_with('$') {
        return match rest {
            [] => Ok(NginxCondition::Variable(first.clone())),
            [operator, value] => match text(operator) {
                "=" | "!=" => Ok(NginxCondition::Compare(first.clone(), value.clone())),
                "~" | "!~" => Ok(NginxCondition::Match(first.clone(), value.clone(), false)),
                "~*" | "!~*" => Ok(NginxCondition::Match(first.clone(), value.clone(), true)),
                _ => Err(Fault::Operator(operator.clone())),
            },
            _ => Err(Fault::Count(first.clone())),
        };
    }
    let asked = begin.strip_prefix('!').unwrap_or(begin);
    match (asked.len() == 2 && asked.starts_with('-'), rest) {
        (true, [path]) if matches!(asked, "-f" | "-d" | "-e" | "-x") => {
            Ok(NginxCondition::File(path.clone()))
        }
        (true, [_]) => Err(Fault::Test(first.clone())),
        (true, _) => Err(Fault::Count(first.clone())),
        (false, _) => Err(Fault::NoVariable(first.clone())),
    }
}

/// The words of a condition without the brackets around them.
fn inner<T: AsRef<str>>(words: &[T]) -> Result<Vec<Part>, ConditionFault> {
    let mut parts: Vec<Part> = (0..words.len()).map(|index| whole(words, index)).collect();
    match words.first() {
        Some(first) if first.as_ref().starts_with('(') => parts[0].bytes.start = 1,
        _ => return Err(ConditionFault::NoOpening(whole(words, 0))),
    }
    let last = words.len() - 1;
    if !words[last].as_ref().ends_with(')') {
        return Err(ConditionFault::NoClosing(whole(words, last)));
    }
    parts[last].bytes.end -= 1;
    // Brackets that stand alone are no words of the condition; an empty text in quotes is.
    let alone = |part: &Part| part.bytes.is_empty() && !words[part.index].as_ref().is_empty();
    if parts.last().is_some_and(alone) {
        parts.pop();
    }
    if parts.first().is_some_and(alone) {
        parts.remove(0);
    }
    Ok(parts)
}

/// All of one argument.
fn whole<T: AsRef<str>>(words: &[T], index: usize) -> Part {
    Part { index, bytes: 0..words.get(index).map_or(0, |word| word.as_ref().len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(condition: &str) -> Result<NginxCondition, ConditionFault> {
        let words: Vec<&str> = condition.split_whitespace().collect();
        nginx_condition(&words)
    }

    #[test]
    fn brackets_may_touch_or_stand_alone() {
        for good in ["($a)", "( $a )", "($a = b)", "( $a != b )", "($a ~* (x))", "(!-e $file)", "(-x $file )"]
        {
            assert!(read(good).is_ok(), "{good}");
        }
        assert_eq!(
            read("($a ~ (x))"),
            Ok(NginxCondition::Match(Part { index: 0, bytes: 1..3 }, Part { index: 2, bytes: 0..3 }, false))
        );
        assert!(nginx_condition(&["($a", "=", "", ")"]).is_ok(), "an empty text in quotes");
    }

    #[test]
    fn faults_are_told_apart() {
        use ConditionFault as Fault;
        let kind = |text| read(text).map_err(|fault| std::mem::discriminant(&fault));
        let like = |fault: Fault| Err(std::mem::discriminant(&fault));
        let part = || Part { index: 0, bytes: 0..0 };
        assert_eq!(kind("$a"), like(Fault::NoOpening(part())));
        assert_eq!(kind("($a = b"), like(Fault::NoClosing(part())));
        assert_eq!(kind("()"), like(Fault::Empty(part())));
        assert_eq!(kind("(!$a)"), like(Fault::NoVariable(part())));
        assert_eq!(kind("(a = b)"), like(Fault::NoVariable(part())));
        assert_eq!(kind("($a = b && $c = d)"), like(Fault::Count(part())));
        assert_eq!(kind("($a == b)"), like(Fault::Operator(part())));
        assert_eq!(kind("(-s $a)"), like(Fault::Test(part())));
        assert_eq!(kind("(-f)"), like(Fault::Count(part())));
    }
}
