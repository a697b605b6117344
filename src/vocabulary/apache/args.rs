//! How Apache splits the arguments of a directive, and what it says when they are too few or too many.

/// How Apache splits the arguments of a directive: `args_how` of its command table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApacheArgs {
    /// By code of its own.
    Raw,
    /// A section that wants an argument.
    Section,
    /// A section that wants one path or pattern, with a `~` before it perhaps.
    SectionOfOne,
    /// None at all.
    None,
    /// So many, the least and the most.
    Count(u8, u8),
    /// One or three.
    OneOrThree,
    /// One or more.
    Each,
    /// Two or more.
    EachButFirst,
    /// `On` or `Off`; what follows is ignored.
    Flag,
}

impl ApacheArgs {
    /// What is said of a section with more than one path. Apache logs it in other words.
    pub const MULTIPLE: &'static str = " takes one path or pattern";

    pub(super) fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "raw" | "argv" => Self::Raw,
            "section" => Self::Section,
            "section-of-one" => Self::SectionOfOne,
            "0" => Self::None,
            "1" => Self::Count(1, 1),
            "2" => Self::Count(2, 2),
            "3" => Self::Count(3, 3),
            "1-2" => Self::Count(1, 2),
            "2-3" => Self::Count(2, 3),
            "1-3" => Self::Count(1, 3),
            "1|3" => Self::OneOrThree,
            "iterate" => Self::Each,
            "iterate2" => Self::EachButFirst,
            "flag" => Self::Flag,
            _ => return None,
        })
    }

    /// What Apache says of these arguments behind the name of the directive; `None` where their number is right.
    ///
    /// An empty word (`""`) is as good as none where one is wanted.
    pub fn complaint(self, args: &[&str]) -> Option<&'static str> {
        let wanted = |count: u8| args.iter().take(usize::from(count)).filter(|arg| !arg.is_empty()).count();
        match self {
            Self::Raw => None,
            // What follows the first is ignored, and what that is is not a matter of number.
            Self::Flag => (wanted(1) == 0).then_some(" must be On or Off"),
            Self::SectionOfOne if args.len() > 1 + usize::from(args.first() == Some(&"~")) => {
                Some(Self::MULTIPLE)
            }
            Self::Section | Self::SectionOfOne => {
                args.is_empty().then_some(" directive requires additional arguments")
            }
            Self::None => (!args.is_empty()).then_some(" takes no arguments"),
            Self::Count(least, most) => {
                let fits = wanted(least) == usize::from(least) && args.len() <= usize::from(most);
                (!fits).then_some(match (least, most) {
                    (1, 1) => " takes one argument",
                    (2, 2) => " takes two arguments",
                    (3, 3) => " takes three arguments",
                    (1, 2) => " takes 1-2 arguments",
                    (2, 3) => " takes two or three arguments",
                    _ => " takes one, two or three arguments",
                })
            }
            Self::OneOrThree => {
                let two = args.len() == 2 && !args[1].is_empty();
                let fits = wanted(1) == 1 && !two && args.len() <= 3;
                (!fits).then_some(" takes one or three arguments")
            }
            Self::Each => (wanted(1) == 0).then_some(" requires at least one argument"),
            Self::EachButFirst => {
                (wanted(1) == 0 || args.len() < 2).then_some(" requires at least two arguments")
            }
        }
    }

    /// The most it takes; `None` where there is no such number.
    pub const fn most(self) -> Option<usize> {
        match self {
            Self::None => Some(0),
            Self::Count(_, most) => Some(most as usize),
            Self::OneOrThree => Some(3),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ApacheArgs;

    #[test]
    fn arguments_are_counted_as_apache_counts_them() {
        let says = |kind, args: &[&str]| ApacheArgs::parse(kind).and_then(|kind| kind.complaint(args));
        assert_eq!(says("1", &["a"]), None);
        assert_eq!(says("1", &["a", "b"]), Some(" takes one argument"));
        assert_eq!(says("1", &[""]), Some(" takes one argument"));
        assert_eq!(says("1-2", &["a", ""]), None);
        assert_eq!(says("1-3", &["a", "b", "c", "d"]), Some(" takes one, two or three arguments"));
        assert_eq!(says("1|3", &["a", "b"]), Some(" takes one or three arguments"));
        assert_eq!(says("iterate", &[]), Some(" requires at least one argument"));
        assert_eq!(says("iterate2", &["a"]), Some(" requires at least two arguments"));
        assert_eq!(says("flag", &["on", "b"]), None);
        assert_eq!(says("section-of-one", &[]), Some(" directive requires additional arguments"));
        assert_eq!(says("section-of-one", &["~", "a"]), None);
        assert_eq!(says("section-of-one", &["a", "b"]), Some(ApacheArgs::MULTIPLE));
        assert_eq!(says("0", &["b"]), Some(" takes no arguments"));
    }
}
