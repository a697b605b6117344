//! The command line.

use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::PossibleValue;
use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use crate::diagnostic::{Applicability, Severity};
use crate::report::Format;
use crate::select::closest;
use crate::tree::Dialect;
use crate::version::{Targets, Version};
use crate::vocabulary::Contexts;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// The reason of ignore comments when none is given.
const REASON: &str = "added by --add-ignores, nobody has looked into it yet";

const AFTER_HELP: &str = "\
Exit status: 0 nothing found, 1 findings at or above --fail-on, 2 the job could not be done.
A path that is named like a command is written ./rules.";

/// Reads nginx, Apache httpd, PHP-FPM and php.ini together and says what will fail, where, and what
/// to write instead.
#[derive(Debug, Parser)]
#[command(
    name = "gwlint",
    version,
    styles = STYLES,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = AFTER_HELP
)]
pub struct Cli {
    /// What to do instead of linting.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to lint.
    #[command(flatten)]
    pub lint: Lint,
    /// When to use colours
    #[arg(long, value_name = "auto|always|never", default_value = "auto", hide_possible_values = true)]
    #[arg(global = true, help_heading = "Output")]
    pub color: When,
}

/// What can be done besides linting.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show what a rule finds, why it matters, and how it is repaired
    Explain {
        /// The name of the rule
        rule: String,
    },
    /// Show what gwlint understood: listeners, routes, pools, and the limits on each way
    Stack {
        /// What to read, and as what.
        #[command(flatten)]
        input: Input,
    },
    /// Write the findings of today to gwlint-baseline.toml; later runs show what is beyond them
    Baseline {
        /// What to read, and as what.
        #[command(flatten)]
        input: Input,
        /// Which rules run.
        #[command(flatten)]
        rules: Rules,
        /// Write hints too
        #[arg(long, help_heading = "Output")]
        hints: bool,
    },
    /// Give the files of the last repair their old text back
    Undo,
    /// List all rules
    Rules {
        /// How to write the list
        #[arg(long, value_name = "full|concise|json", default_value = "full", hide_possible_values = true)]
        format: Format,
    },
}

/// `gwlint [OPTIONS] [PATH]...`.
#[derive(Debug, Args)]
pub struct Lint {
    /// What to read, and as what.
    #[command(flatten)]
    pub input: Input,
    /// Which rules run.
    #[command(flatten)]
    pub rules: Rules,
    /// Which findings are repaired.
    #[command(flatten)]
    pub repair: Repair,
    /// Read no gwlint-baseline.toml
    #[arg(long, help_heading = "Reading")]
    pub no_baseline: bool,
    /// How to write findings
    #[arg(long, value_name = "full|concise|json", default_value = "full", hide_possible_values = true)]
    #[arg(help_heading = "Output")]
    pub format: Format,
    /// Show hints too
    #[arg(long, help_heading = "Output")]
    pub hints: bool,
    /// The least severity that makes the exit status 1 [default: warning]
    #[arg(long, value_name = "hint|warning|error", hide_possible_values = true)]
    #[arg(help_heading = "Output")]
    pub fail_on: Option<Severity>,
    /// Print findings only, no closing line
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

impl Lint {
    /// What `gwlint baseline` lints: all there is, whatever an older baseline knows.
    pub fn for_baseline(input: &Input, rules: &Rules, hints: bool) -> Self {
        Self {
            input: input.clone(),
            rules: rules.clone(),
            repair: Repair::default(),
            no_baseline: true,
            format: Format::default(),
            hints,
            fail_on: None,
            quiet: false,
        }
    }
}

/// What to read, and as what.
#[derive(Debug, Clone, Args)]
pub struct Input {
    /// Files and directories: /etc/nginx, or a tree that holds etc/; - for a file or the output of nginx -T on standard
    /// input [default: .]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The directory that absolute paths are below [default: what stands before etc/ in PATH]
    #[arg(long, value_name = "DIR", help_heading = "Reading")]
    pub root: Option<PathBuf>,
    /// The language of files whose name does not tell
    #[arg(long, value_name = "nginx|apache|fpm|php", hide_possible_values = true)]
    #[arg(help_heading = "Reading")]
    pub dialect: Option<Dialect>,
    /// The version it is written for, such as nginx=1.22, apache=2.4.57 or php=8.2
    #[arg(long, value_name = "NAME=VERSION", help_heading = "Reading")]
    pub target: Vec<Target>,
    /// What stands around a piece of nginx that nothing in sight includes, such as http,server
    #[arg(long, value_name = "NAME,...", value_delimiter = ',', value_parser = context)]
    #[arg(help_heading = "Reading")]
    pub context: Vec<Contexts>,
    /// Lint as if the file REAL had the text of NEW (- for standard input) [default for PATH: REAL]
    #[arg(long, value_name = "REAL=NEW", help_heading = "Reading")]
    pub overlay: Vec<Overlay>,
    /// Read this gwlint.toml and look for no other
    #[arg(long, value_name = "FILE", help_heading = "Reading", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no gwlint.toml
    #[arg(long, help_heading = "Reading")]
    pub no_config: bool,
}

/// Which rules run.
#[derive(Debug, Clone, Args)]
pub struct Rules {
    /// Run only these rules or families
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// Do not run these rules or families
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
}

/// Which findings are repaired.
#[derive(Debug, Default, Args)]
#[command(group(ArgGroup::new("mode").args(["fix", "diff"]).multiple(true)))]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub struct Repair {
    /// Repair what has one right repair
    #[arg(long, help_heading = "Repair")]
    pub fix: bool,
    /// Print the repairs as a patch and write nothing
    #[arg(long, conflicts_with = "format", help_heading = "Repair")]
    pub diff: bool,
    /// With --fix or --diff: repair only what these rules or families find
    #[arg(long, value_name = "RULE,...", value_delimiter = ',', requires = "mode", help_heading = "Repair")]
    pub fix_only: Vec<String>,
    /// With --fix: show each repair and ask
    #[arg(long, requires = "fix", conflicts_with_all = ["diff", "format", "quiet"], help_heading = "Repair")]
    pub interactive: bool,
    /// With --fix: run the server's own test before and after, and take the repairs back if it refuses them
    #[arg(long, requires = "fix", conflicts_with = "diff", help_heading = "Repair")]
    pub verify: bool,
    /// Write an ignore comment with this reason above each finding shown; with --diff, print them as a patch
    #[arg(long, value_name = "REASON", num_args = 0..=1, require_equals = true, value_parser = reason)]
    #[arg(default_missing_value = REASON, help_heading = "Repair")]
    #[arg(conflicts_with_all = ["fix", "fix_only", "unsafe_fixes"])]
    pub add_ignores: Option<String>,
    /// With --fix or --diff: repair also what changes a limit, load, security or routing
    #[arg(long, requires = "mode", help_heading = "Repair")]
    pub unsafe_fixes: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal that shows them, unless the environment says otherwise.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// One `NAME=VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    name: String,
    version: Version,
}

impl Target {
    /// Sets the version in `targets`.
    pub fn set(&self, targets: &mut Targets) {
        if let Some(slot) = targets.slot(&self.name) {
            *slot = Some(self.version);
        }
    }
}

/// One `REAL=NEW`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// The file that is to be.
    pub real: PathBuf,
    /// Where its text is.
    pub new: PathBuf,
}

impl FromStr for Overlay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (real, new) = text
            .split_once('=')
            .filter(|(real, new)| !real.is_empty() && !new.is_empty())
            .ok_or("write REAL=NEW, such as /etc/nginx/sites-enabled/shop.conf=shop.conf.new")?;
        Ok(Self { real: real.into(), new: new.into() })
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = text.split_once('=').ok_or("write NAME=VERSION, such as nginx=1.22")?;
        if !Targets::NAMES.contains(&name) {
            let meant = closest(name, Targets::NAMES);
            let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
            return Err(format!("`{name}` is none of {}{meant}", Targets::NAMES.join(", ")));
        }
        let version = version.parse().map_err(|_| format!("`{version}` is no version such as 8.2"))?;
        Ok(Self { name: name.to_owned(), version })
    }
}

/// Reads the reason of ignore comments, which is the end of a line.
fn reason(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_control) {
        return Err("write a reason in one line, such as \"until the move to PHP 8.3\"".to_owned());
    }
    // Apache would take the next line for a part of the comment.
    if text.ends_with('\\') {
        return Err("a reason does not end with a backslash".to_owned());
    }
    Ok(text.to_owned())
}

/// Reads the name of a context.
fn context(name: &str) -> Result<Contexts, String> {
    Contexts::named(name).ok_or_else(|| {
        let meant = closest(name, Contexts::NAMES);
        let meant = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
        format!("`{name}` is none of {}{meant}", Contexts::NAMES.join(", "))
    })
}

impl Repair {
    /// Which fixes are made; none when neither was asked for.
    pub fn allowed(&self) -> Option<Applicability> {
        let allowed = if self.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        (self.fix || self.diff).then_some(allowed)
    }
}

impl ValueEnum for Severity {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

impl ValueEnum for Dialect {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Nginx, Self::Apache, Self::Fpm, Self::Php]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Full, Self::Concise, Self::Json]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::Full => "full",
            Self::Concise => "concise",
            Self::Json => "json",
        }))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_wrong_target_is_told_what_is_right() {
        let error = |text: &str| text.parse::<Target>().expect_err("wrong");
        assert_eq!(error("ngnix=1.22"), "`ngnix` is none of nginx, apache, php; did you mean `nginx`?");
        assert_eq!(error("php=new"), "`new` is no version such as 8.2");
        assert!(error("nginx").starts_with("write NAME=VERSION"));
    }

    #[test]
    fn a_wrong_context_is_told_what_is_right() {
        assert_eq!(context("limit_except"), Ok(Contexts::parse("limit_except")));
        let error = context("sever").expect_err("wrong");
        assert!(error.starts_with("`sever` is none of main, events, http, server"), "{error}");
        assert!(error.ends_with("; did you mean `server`?"), "{error}");
    }
}
