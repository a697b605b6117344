//! `fpm/pm-constraints`: numbers of children that contradict each other.

use super::children::{CHILDREN, IDLE, LEAST, MOST, Numbers, RATE, START, Style};
use super::{is_computed, outage};
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Fixable, Rule, Sink};
use crate::stack::fpm::{Entry, Fpm, Pool};
use crate::value;

/// The rule.
pub(crate) static RULE: Rule = Rule {
    name: "fpm/pm-constraints",
    severity: Severity::Error,
    summary: "numbers of children that contradict each other, with which PHP-FPM does not start",
    fixable: Fixable::Safe,
    card: include_str!("../../../rules/fpm/pm-constraints.md"),
    check,
};

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for fpm in &context.stack.fpm {
        for pool in &fpm.pools {
            if let Some(fault) = Fault::of(fpm, pool) {
                sink.report(finding(context, fpm, pool, fault));
            }
        }
    }
}

/// What is wrong, and what to write.
struct Fault<'a> {
    /// In words.
    message: String,
    /// What FPM says.
    alert: String,
    /// The setting to blame; `None` when it is one that is missing.
    place: Option<&'a Entry>,
    /// Those it does not go with.
    others: Vec<&'a Entry>,
    /// What to write.
    values: Vec<(&'static str, String)>,
    /// Whether the values are not to be had from what is written.
    guessed: bool,
}

impl<'a> Fault<'a> {
    /// The first fault FPM would name. Without a main file, what is missing may stand elsewhere.
    fn of(fpm: &Fpm, pool: &'a Pool) -> Option<Self> {
        let Some(style) = pool.said("pm").and_then(|pm| Style::of(&pm.value)) else {
            return Self::of_style(fpm, pool);
        };
        let numbers = Numbers::of(pool)?;
        let (mut fault, keys) =
            Self::of_numbers(pool, style, numbers).or_else(|| Self::of_rest(pool, style))?;
        if !fpm.whole && keys.iter().any(|key| pool.get(key).is_none()) {
            return None;
        }
        if fault.values.is_empty() {
            let pairs = numbers.solved(style).pairs().into_iter().zip(numbers.pairs());
            let changed = pairs.filter(|(new, old)| new != old);
            fault.values = changed.map(|((key, value), _)| (key, value.to_string())).collect();
        }
        Some(fault)
    }

    fn new(
        pool: &'a Pool,
        message: String,
        alert: String,
        keys: &[&'static str],
    ) -> (Self, Vec<&'static str>) {
        let entries: Vec<&Entry> = keys.iter().filter_map(|key| pool.get(key)).collect();
        let place = pool.get(keys[0]);
        let others =
            entries.into_iter().filter(|entry| place.is_some_and(|place| place.at != entry.at)).collect();
        (Self { message, alert, place, others, values: Vec::new(), guessed: false }, keys.to_vec())
    }

    /// `pm` itself.
    fn of_style(fpm: &Fpm, pool: &'a Pool) -> Option<Self> {
        let pm = pool.get("pm");
        if pm.is_some_and(|pm| is_computed(pm) || pm.value.contains(" #")) || (pm.is_none() && !fpm.whole) {
            return None;
        }
        let (message, alert) = match pm {
            Some(pm) => (
                format!("`{}` is no way to run children", pm.value),
                "unable to parse value for entry 'pm': invalid process manager (static, dynamic or ondemand)"
                    .to_owned(),
            ),
            None => (
                format!("pool [{}] does not say how to run its children", pool.name),
                format!("[pool {}] the process manager is missing (static, dynamic or ondemand)", pool.name),
            ),
        };
        let (mut fault, _) = Self::new(pool, message, alert, &["pm"]);
        let meant = Style::meant(pool);
        fault.guessed = meant.is_none();
        fault.values = vec![("pm", meant.unwrap_or("ondemand").to_owned())];
        Some(fault)
    }

    /// The numbers of children, in the order FPM looks at them; with the settings it has to do with.
    fn of_numbers(pool: &'a Pool, style: Style, numbers: Numbers) -> Option<(Self, Vec<&'static str>)> {
        let Numbers { children, start, least, most } = numbers;
        let name = &pool.name;
        let alert = |text: String| format!("[pool {name}] {text}");
        if children < 1 {
            let message = match pool.get(CHILDREN) {
                Some(_) => format!("pool [{name}] is to have {children} children"),
                None => format!("pool [{name}] does not say how many children it may have"),
            };
            let (mut fault, keys) = Self::new(
                pool,
                message,
                alert("pm.max_children must be a positive value".to_owned()),
                &[CHILDREN],
            );
            fault.guessed = true;
            return Some((fault, keys));
        }
        if style != Style::Dynamic {
            return None;
        }
        let needs = |key: &'static str, value: i32| {
            let message = match pool.get(key) {
                Some(_) => format!("{key} of the dynamic pool [{name}] is {value}"),
                None => format!("the dynamic pool [{name}] has no {key}"),
            };
            Self::new(pool, message, alert(format!("{key}({value}) must be a positive value")), &[key])
        };
        if least < 1 {
            Some(needs(LEAST, least))
        } else if most < 1 {
            Some(needs(MOST, most))
        } else if least.max(most) > children {
            let keys = if most > children { [MOST, CHILDREN] } else { [LEAST, CHILDREN] };
            let message = format!(
                "{} children of pool [{name}] are to idle, and it has {children} at most",
                least.max(most)
            );
            let text = format!(
                "pm.min_spare_servers({least}) and pm.max_spare_servers({most}) cannot be greater than pm.max_children({children})"
            );
            Some(Self::new(pool, message, alert(text), &keys))
        } else if most < least {
            let message =
                format!("of pool [{name}] at least {least} children are to idle, and at most {most}");
            let text =
                format!("pm.max_spare_servers({most}) must not be less than pm.min_spare_servers({least})");
            Some(Self::new(pool, message, alert(text), &[MOST, LEAST]))
        } else if start > 0 && !(least..=most).contains(&start) {
            let (other, limit, word) =
                if start > most { (MOST, most, "above") } else { (LEAST, least, "below") };
            let message = format!("pool [{name}] starts with {start} children, {word} {other} = {limit}");
            let text = format!(
                "pm.start_servers({start}) must not be less than pm.min_spare_servers({least}) and not greater than pm.max_spare_servers({most})"
            );
            Some(Self::new(pool, message, alert(text), &[START, other]))
        } else {
            None
        }
    }

    /// The settings that have to do with no other.
    fn of_rest(pool: &'a Pool, style: Style) -> Option<(Self, Vec<&'static str>)> {
        let name = &pool.name;
        let (key, shown, alert, default) = match style {
            Style::Static => return None,
            Style::Dynamic => {
                let rate = value::fpm_integer(pool.get(RATE)?.read()).ok()?.value;
                let alert = format!("[pool {name}] pm.max_spawn_rate must be a positive value");
                (RATE, rate, alert, "32")
            }
            Style::Ondemand => {
                let seconds = value::fpm_time(pool.get(IDLE)?.read()).ok()?.value;
                let alert =
                    format!("[pool {name}] pm.process_idle_timeout({seconds}s) must be greater than 0s");
                (IDLE, seconds, alert, "10s")
            }
        };
        if shown > 0 {
            return None;
        }
        let message = format!("{key} of pool [{name}] is {shown}, which is not above 0");
        let (mut fault, keys) = Self::new(pool, message, alert, &[key]);
        fault.values = vec![(key, default.to_owned())];
        Some((fault, keys))
    }
}

fn finding(context: &Context<'_>, fpm: &Fpm, pool: &Pool, fault: Fault<'_>) -> Diagnostic {
    let message = format!("{}: {}", fault.message, outage(context, fpm));
    let pm = pool.get("pm").map_or(pool.name_span, |pm| pm.span);
    let mut diagnostic = match fault.place {
        Some(entry) => Diagnostic::new(entry.span, message, "PHP-FPM refuses this"),
        None => Diagnostic::new(pm, message, "not set in this pool"),
    };
    for entry in fault.others {
        diagnostic = diagnostic.label(entry.span, "as this is set");
    }
    let lines: Vec<String> = fault.values.iter().map(|(key, value)| format!("`{key} = {value}`")).collect();
    let edits = edits(context, pool, &fault.values);
    let build = if fault.guessed { Fix::risky } else { Fix::safe };
    diagnostic
        .note(format!("FPM logs: ALERT: {}", fault.alert))
        .help(format!("write {}", lines.join(", ")))
        .fix(edits.map(|edits| build("write numbers that hold together", edits)))
}

/// Values that are there are replaced, the others added below the setting they belong to.
fn edits(context: &Context<'_>, pool: &Pool, values: &[(&'static str, String)]) -> Option<Vec<Edit>> {
    let anchor = pool.get(CHILDREN).or(pool.get("pm")).or(pool.entries.last())?;
    let anchor = context.files.node(anchor.at);
    let (mut edits, mut lines) = (Vec::new(), Vec::new());
    for (key, value) in values {
        match pool.get(key) {
            Some(entry) => edits.push(edits::restate(context.files.node(entry.at), value)),
            None => lines.push(edits::key_like(anchor, key, value)),
        }
    }
    if !lines.is_empty() {
        edits.push(edits::insert_lines_after(anchor, &lines));
    }
    Some(edits)
}
