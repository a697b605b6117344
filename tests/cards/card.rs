//! Reads a card: `rules/<family>/<rule>.md`. docs/contributing.md says how one is written.

use std::path::PathBuf;

/// A tree of a card and what it must yield.
pub(crate) struct Scenario {
    /// Its heading.
    pub title: String,
    /// The files, marks taken out.
    pub files: Vec<(PathBuf, String)>,
    /// Symbolic links, and where they lead.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// The findings: file, 1-based line, severity word.
    pub marks: Vec<(PathBuf, u32, String)>,
    /// What the repair makes of it, where there is one.
    pub fixed: Option<Fixed>,
}

/// What a repair makes of a scenario.
pub(crate) struct Fixed {
    /// Whether it takes `--unsafe-fixes`.
    pub risky: bool,
    /// The files that change.
    pub files: Vec<(PathBuf, String)>,
}

/// The scenarios of a card.
#[derive(Default)]
pub(crate) struct Card {
    /// Trees with the fault.
    pub bad: Vec<Scenario>,
    /// Trees without it.
    pub good: Vec<Scenario>,
}

/// The mark behind the line of a finding: `    #~ error`.
const MARK: &str = "#~ ";

/// Takes a card apart.
///
/// # Errors
/// What is wrong with how it is written.
pub(crate) fn parse(text: &str) -> Result<Card, String> {
    let mut card = Card::default();
    let mut part = Part::Prose;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(title) = line.strip_prefix("## ") {
            part = Part::of(title);
            match part {
                Part::Bad => card.bad.push(scenario(title)),
                Part::Fixed { risky } => {
                    let bad = card.bad.last_mut().ok_or("`## Fixed` before any `## Bad`")?;
                    bad.fixed = Some(Fixed { risky, files: Vec::new() });
                }
                Part::Good | Part::Prose => {}
            }
        } else if let (Some(title), Part::Good) = (line.strip_prefix("### "), &part) {
            card.good.push(scenario(title));
        } else if let Some(info) = line.strip_prefix("```") {
            let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            add_block(&mut card, &part, info, &body)?;
        }
    }
    Ok(card)
}

enum Part {
    Prose,
    Bad,
    Fixed { risky: bool },
    Good,
}

impl Part {
    fn of(title: &str) -> Self {
        match title.split([':', ' ']).next() {
            Some("Bad") => Self::Bad,
            Some("Fixed") => Self::Fixed { risky: title.contains("--unsafe-fixes") },
            Some("Good") => Self::Good,
            _ => Self::Prose,
        }
    }
}

fn scenario(title: &str) -> Scenario {
    Scenario { title: title.to_owned(), files: Vec::new(), links: Vec::new(), marks: Vec::new(), fixed: None }
}

fn add_block(card: &mut Card, part: &Part, info: &str, body: &[&str]) -> Result<(), String> {
    let path = match part {
        Part::Prose => return Ok(()),
        _ => path_of(info)?,
    };
    let (text, marks) = take_marks(&path, body);
    if info.starts_with("link ") {
        let scenario = if matches!(part, Part::Good) { card.good.last_mut() } else { card.bad.last_mut() };
        let scenario = scenario.ok_or("a link before any scenario")?;
        scenario.links.push((path, PathBuf::from(text.trim())));
        return Ok(());
    }
    match part {
        Part::Prose => {}
        Part::Bad => {
            let bad = card.bad.last_mut().ok_or("a block before `## Bad`")?;
            bad.files.push((path, text));
            bad.marks.extend(marks);
        }
        Part::Fixed { .. } => {
            let fixed = card.bad.last_mut().and_then(|bad| bad.fixed.as_mut()).ok_or("no `## Bad` to fix")?;
            fixed.files.push((path, text));
        }
        Part::Good => {
            let good = card.good.last_mut().ok_or("a block of `## Good` needs a `### heading` above it")?;
            good.files.push((path, text));
        }
    }
    Ok(())
}

/// ` ```nginx file=etc/nginx/nginx.conf `, or the usual place of the language.
fn path_of(info: &str) -> Result<PathBuf, String> {
    let mut words = info.split_whitespace();
    let language = words.next().unwrap_or_default();
    if let Some(path) = words.find_map(|word| word.strip_prefix("file=")) {
        return Ok(PathBuf::from("/").join(path));
    }
    let usual = match language {
        "nginx" => "/etc/nginx/sites-enabled/site",
        "apache" => "/etc/apache2/sites-enabled/site.conf",
        "php" => "/etc/php/8.2/fpm/php.ini",
        "fpm" => "/etc/php/8.2/fpm/pool.d/www.conf",
        "toml" => "/gwlint.toml",
        other => return Err(format!("a block of language {other:?} needs file=")),
    };
    Ok(PathBuf::from(usual))
}

type Marks = Vec<(PathBuf, u32, String)>;

fn take_marks(path: &std::path::Path, body: &[&str]) -> (String, Marks) {
    let mut text = String::new();
    let mut marks = Vec::new();
    for (index, line) in body.iter().enumerate() {
        let (line, mark) = line.split_once(MARK).map_or((*line, ""), |(line, mark)| (line.trim_end(), mark));
        let words = mark.split_whitespace();
        marks.extend(words.map(|word| (path.to_path_buf(), index as u32 + 1, word.to_owned())));
        // A NUL byte would make the card a binary file to git.
        text.push_str(&line.replace("<NUL>", "\0"));
        text.push('\n');
    }
    (text, marks)
}
