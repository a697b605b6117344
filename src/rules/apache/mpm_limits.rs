//! `apache/mpm-limits`: Apache serves fewer requests at a time than it is told to.

use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::apache::{Apache, Entry};
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "apache/mpm-limits",
    severity: Severity::Warning,
    summary: "MaxRequestWorkers or ThreadsPerChild is more than ServerLimit and ThreadLimit allow, and is cut down",
    fixable: Fixable::Unsafe,
    card: include_str!("../../../rules/apache/mpm-limits.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for apache in context.stack.apache.iter().filter(|apache| apache.whole) {
        let found = Numbers::of(apache).and_then(|numbers| numbers.finding(context));
        if let Some((severity, found)) = found {
            sink.report_as(severity, found);
        }
    }
}

/// How many requests Apache serves at a time, and the line that says so; `None` where that is not known.
pub(in crate::rules) fn served_at_once(apache: &Apache) -> Option<(i64, Option<&Entry>)> {
    let numbers = Numbers::of(apache).filter(Numbers::are_positive)?;
    Some((numbers.served(), numbers.workers.line))
}

/// A number, and the line that sets it.
#[derive(Clone, Copy)]
struct Number<'a> {
    value: i64,
    line: Option<&'a Entry>,
}

impl Number<'_> {
    fn said(&self) -> String {
        if self.line.is_some() { self.value.to_string() } else { format!("{} (default)", self.value) }
    }
}

/// The numbers of a worker model that bind each other.
struct Numbers<'a> {
    servers: Number<'a>,
    /// Of the models with threads: how many a process may have, and how many it has.
    threads: Option<(Number<'a>, Number<'a>)>,
    workers: Number<'a>,
}

/// The directives, in the order they are written.
const NAMES: [&str; 4] = ["ServerLimit", "ThreadLimit", "ThreadsPerChild", "MaxRequestWorkers"];

impl<'a> Numbers<'a> {
    /// The numbers of the model that is loaded; `None` where that, or one of them, is not known.
    fn of(apache: &'a Apache) -> Option<Self> {
        let mut models = apache.modules.loaded.iter().filter(|(name, _)| name.starts_with("mpm_"));
        let (model, _) = models.next().filter(|_| models.next().is_none())?;
        let number = |names: &'static [&'static str], default: i64| {
            let set = names.iter().flat_map(|name| apache.everywhere(name)).map(|(_, entry)| entry);
            // Of several the one that is read last counts.
            let line = set.max_by_key(|entry| (entry.at.file, entry.at.node));
            let several = names.iter().flat_map(|name| apache.everywhere(name)).count() > 1;
            match line {
                Some(_) if several => None,
                Some(line) => {
                    let text = line.value(0)?;
                    let reading = value::apache_int(text);
                    reading.whole.then_some(Number { value: i64::from(reading.value), line: Some(line) })
                }
                None => Some(Number { value: default, line: None }),
            }
        };
        let workers: &[&str] = &["maxrequestworkers", "maxclients"];
        match model.as_str() {
            "mpm_prefork_module" => Some(Self {
                servers: number(&["serverlimit"], 256)?,
                threads: None,
                workers: number(workers, 256)?,
            }),
            "mpm_event_module" | "mpm_worker_module" => Some(Self {
                servers: number(&["serverlimit"], 16)?,
                threads: Some((number(&["threadlimit"], 64)?, number(&["threadsperchild"], 25)?)),
                workers: number(workers, 400)?,
            }),
            _ => None,
        }
    }

    /// How many requests Apache serves at a time, as it counts when it starts.
    fn served(&self) -> i64 {
        match &self.threads {
            None => self.workers.value.min(self.servers.value),
            Some((limit, per_child)) => {
                let threads = per_child.value.min(limit.value).max(1);
                let workers = self.workers.value.max(threads);
                (workers / threads).min(self.servers.value) * threads
            }
        }
    }

    /// Whether all of them are numbers Apache works with.
    fn are_positive(&self) -> bool {
        let threads = self.threads.into_iter().flat_map(|(limit, per_child)| [limit, per_child]);
        [self.servers, self.workers].into_iter().chain(threads).all(|number| number.value >= 1)
    }

    fn finding(&self, context: &Context<'_>) -> Option<(Severity, Diagnostic)> {
        if !self.are_positive() {
            return None;
        }
        let served = self.served();
        let (line, message, label, log) = match (&self.threads, self.workers.line) {
            (Some((limit, threads)), _) if threads.value > limit.value => {
                let message = format!(
                    "ThreadsPerChild {} is more than ThreadLimit {} allows: Apache serves {served} requests at a time",
                    threads.said(),
                    limit.said()
                );
                let log = format!(
                    "AH00507: WARNING: ThreadsPerChild of {} exceeds ThreadLimit of {} threads, decreasing to {}.",
                    threads.value, limit.value, limit.value
                );
                (threads.line.or(limit.line)?, message, "cut down", log)
            }
            (Some((_, threads)), Some(line)) if self.workers.value < threads.value => {
                let message = format!(
                    "MaxRequestWorkers {} is less than ThreadsPerChild {}: Apache serves {served} requests at a time",
                    self.workers.value,
                    threads.said()
                );
                let log = format!(
                    "AH00511: WARNING: MaxRequestWorkers of {} is less than ThreadsPerChild of {}, increasing to {}.",
                    self.workers.value, threads.value, threads.value
                );
                (line, message, "raised to the threads of one process", log)
            }
            (Some((_, threads)), _) if self.workers.value / threads.value > self.servers.value => {
                let needed = self.workers.value / threads.value;
                let message = format!(
                    "MaxRequestWorkers {} takes {needed} processes of {} threads and ServerLimit is {}: Apache serves \
                     {served} requests at a time",
                    self.workers.said(),
                    threads.said(),
                    self.servers.said()
                );
                let log = format!(
                    "AH00515: WARNING: MaxRequestWorkers of {} would require {needed} servers and would exceed \
                     ServerLimit of {}, decreasing to {served}.",
                    self.workers.value, self.servers.value
                );
                (self.workers.line.or(self.servers.line).or(threads.line)?, message, "cut down", log)
            }
            (None, _) if self.workers.value > self.servers.value => {
                let message = format!(
                    "MaxRequestWorkers {} is more than ServerLimit {} allows: Apache serves {served} requests at a time",
                    self.workers.said(),
                    self.servers.said()
                );
                let log = format!(
                    "AH00180: WARNING: MaxRequestWorkers of {} exceeds ServerLimit value of {} servers, decreasing \
                     MaxRequestWorkers to {}.",
                    self.workers.value, self.servers.value, self.servers.value
                );
                (self.workers.line.or(self.servers.line)?, message, "cut down", log)
            }
            (Some((_, threads)), Some(line)) if self.workers.value % threads.value != 0 => {
                let message = format!(
                    "MaxRequestWorkers {} is no multiple of ThreadsPerChild {}: Apache serves {served} requests at a time",
                    self.workers.value,
                    threads.said()
                );
                let log = format!(
                    "AH00513: WARNING: MaxRequestWorkers of {} is not an integer multiple of ThreadsPerChild of {}, \
                     decreasing to nearest multiple {served}",
                    self.workers.value, threads.value
                );
                (line, message, "rounded down", log)
            }
            _ => return None,
        };
        let rounded = label == "rounded down";
        let solved = self.solved();
        let found = Diagnostic::new(line.span(context.files), message, label)
            .note(format!("`apachectl configtest` says Syntax OK; Apache logs: {log}"))
            .help(format!("write {}, and restart Apache: a reload does not change limits", spelt(&solved)))
            .fix(self.repair(context, line, &solved));
        Some((if rounded { Severity::Hint } else { Severity::Warning }, found))
    }

    /// The numbers that hold together: as many workers as were asked for, rounded up to whole processes. Where nobody
    /// asked for a number of workers, as many as the limits allow.
    fn solved(&self) -> Vec<(&'static str, i64)> {
        let [servers, limit, per_child, workers] = NAMES;
        let (most_servers, wanted) = (self.servers.value, self.workers.value);
        let asked = self.workers.line.is_some();
        match &self.threads {
            None if asked => changed(&[(servers, self.servers, most_servers.max(wanted))]),
            None => changed(&[(workers, self.workers, most_servers.min(wanted))]),
            Some((most, threads)) => {
                let each = if asked { threads.value.min(wanted) } else { threads.value };
                let whole = if asked { (wanted + each - 1) / each } else { (wanted / each).max(1) };
                let processes = if asked { whole } else { whole.min(most_servers) };
                changed(&[
                    (servers, self.servers, most_servers.max(processes)),
                    (limit, *most, most.value.max(each)),
                    (per_child, *threads, each),
                    (workers, self.workers, processes * each),
                ])
            }
        }
    }

    /// Sets the numbers where they stand, and adds those that do not.
    fn repair(&self, context: &Context<'_>, near: &Entry, solved: &[(&'static str, i64)]) -> Option<Fix> {
        let line = |name: &str| {
            let number = match name {
                "ServerLimit" => Some(self.servers),
                "ThreadLimit" => self.threads.map(|(limit, _)| limit),
                "ThreadsPerChild" => self.threads.map(|(_, threads)| threads),
                _ => Some(self.workers),
            };
            number.and_then(|number| number.line)
        };
        let mut added = Vec::new();
        let mut made: Vec<Edit> = Vec::new();
        for (name, value) in solved {
            match line(name) {
                Some(entry) => {
                    made.push(edits::replace_arg(context.files.node(entry.at), 0, &value.to_string())?);
                }
                None => added.push(format!("{name} {value}")),
            }
        }
        if !added.is_empty() {
            made.push(edits::insert_lines_after(context.files.node(near.at), &added));
        }
        Some(Fix::risky(format!("write {}", spelt(solved)), made))
    }
}

/// The numbers that are not as they are now.
fn changed(numbers: &[(&'static str, Number<'_>, i64)]) -> Vec<(&'static str, i64)> {
    numbers
        .iter()
        .filter(|(_, now, wanted)| now.value != *wanted)
        .map(|(name, _, wanted)| (*name, *wanted))
        .collect()
}

fn spelt(numbers: &[(&'static str, i64)]) -> String {
    let texts: Vec<String> = numbers.iter().map(|(name, value)| format!("`{name} {value}`")).collect();
    texts.join(" and ")
}
