//! May the gateway connect to the socket of the pool?

pub(super) mod acl_overrides_owner;
pub(super) mod allowed_clients;
pub(super) mod gateway_not_allowed;
pub(super) mod mode_without_write;
pub(super) mod owner_missing;
pub(super) mod world_writable;

use super::target;
use crate::diagnostic::{Diagnostic, Edit, Severity};
use crate::edits;
use crate::rule::{Context, Sink};
use crate::stack::Users;
use crate::stack::access::{Access, Caller, Class, Identity, Socket};
use crate::stack::fpm::Pool;
use crate::stack::hop::{Gateway, Hop};

/// Which of the rules of this family a refused gateway belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The socket is root's, as nobody said otherwise.
    NoOwner,
    /// The socket has an ACL, and the gateway is not in it.
    Acl,
    /// The socket belongs to others.
    Others,
    /// The socket belongs to the gateway or its group, and the mode gives them no write.
    Mode,
}

/// A pool, and a gateway that may not connect to its socket.
struct Refusal<'a> {
    pool: &'a Pool,
    socket: Socket<'a>,
    /// All gateways that call the pool.
    callers: Vec<Caller<'a>>,
    /// The first of them that is refused.
    hop: &'a Hop,
    who: Identity,
    class: Class,
    certain: bool,
}

/// All pools that refuse a gateway, for one cause.
fn refusals<'a>(context: &Context<'a>, cause: Cause) -> Vec<Refusal<'a>> {
    let pools = context.stack.pools().map(|(_, pool)| pool);
    pools.filter_map(|pool| refusal(context, pool)).filter(|refusal| refusal.cause() == cause).collect()
}

fn refusal<'a>(context: &Context<'a>, pool: &'a Pool) -> Option<Refusal<'a>> {
    let socket = Socket::of(pool)?;
    let callers = context.stack.callers(context.files, pool);
    let (hop, who, class, certain) = callers.iter().find_map(|caller| {
        let who = caller.identity.as_ref()?;
        match socket.access(who, &context.files.users) {
            Access::Denied { class, certain } => Some((caller.hop, who.clone(), class, certain)),
            Access::Granted | Access::Unknown => None,
        }
    })?;
    Some(Refusal { pool, socket, callers, hop, who, class, certain })
}

impl Refusal<'_> {
    fn cause(&self) -> Cause {
        if self.socket.has_acl() {
            Cause::Acl
        } else if self.socket.owner.is_none() && self.socket.group.is_none() {
            Cause::NoOwner
        } else if self.class == Class::Other {
            Cause::Others
        } else {
            Cause::Mode
        }
    }

    /// What refuses, in words: `nginx`, `Apache`.
    fn gateway(&self) -> &'static str {
        gateway(self.hop)
    }

    /// What the visitor gets, in words.
    fn outcome(&self) -> String {
        let status = target::status(self.hop);
        if self.certain {
            return format!("every request answers {status}");
        }
        format!(
            "unless {} is in the group {}, every request answers {status}",
            self.who.user,
            self.socket.group_name()
        )
    }

    /// Adds what all findings of this family end with, and reports.
    fn report(&self, sink: &mut Sink<'_>, diagnostic: Diagnostic) {
        let severity = if self.certain { Severity::Error } else { Severity::Warning };
        let diagnostic = diagnostic
            .label(self.who.span, format!("{} runs as {}", self.gateway(), self.who.user))
            .label(self.hop.span, "called here")
            .note(self.log_line());
        sink.report_as(severity, diagnostic);
    }

    fn log_line(&self) -> String {
        let path = self.pool.listen_shown.as_ref().map_or_else(String::new, ToString::to_string);
        match self.hop.gateway {
            Gateway::Nginx(_) => format!(
                "nginx logs: connect() to {path} failed (13: Permission denied) while connecting to upstream"
            ),
            Gateway::Apache(_) => format!(
                "Apache logs: (13)Permission denied: AH02454: FCGI: attempt to connect to Unix domain socket {} \
                 failed",
                path.trim_start_matches("unix:")
            ),
        }
    }
}

/// The gateway a hop begins at, in words.
fn gateway(hop: &Hop) -> &'static str {
    match hop.gateway {
        Gateway::Nginx(_) => "nginx",
        Gateway::Apache(_) => "Apache",
    }
}

/// What has to be written so that all gateways may connect to a socket without an ACL.
#[derive(Debug, Default, PartialEq, Eq)]
struct Admission {
    owner: Option<String>,
    group: Option<String>,
    mode: Option<&'static str>,
}

impl Admission {
    /// The least that lets all callers in, those that are in now included; `None` when owner, group
    /// and mode have no place for all of them.
    fn of(socket: &Socket<'_>, callers: &[Caller<'_>], users: &Users) -> Option<Self> {
        let untouched = socket.owner.is_none() && socket.group.is_none();
        let mut admission = Self::default();
        let (mut owner_used, mut group_used) = (false, false);
        let mut strangers: Vec<&Identity> = Vec::new();
        for caller in callers {
            let Some(who) = &caller.identity else {
                // Who is not known may be in by what is changed here.
                if untouched { continue } else { return None }
            };
            match socket.access(who, users) {
                Access::Denied { class: Class::Other, .. } => {
                    if !strangers.iter().any(|other| other.user == who.user) {
                        strangers.push(who);
                    }
                }
                _ if who.user == "root" => {}
                _ if who.user == socket.owner_name() => owner_used = true,
                _ if socket.mode & 0o002 != 0 => {}
                _ => group_used = true,
            }
        }
        match (strangers.as_slice(), owner_used, group_used) {
            ([], ..) => {}
            ([one], false, false) if untouched => {
                (admission.owner, admission.group) = (Some(one.user.clone()), Some(one.group.clone()));
                owner_used = true;
            }
            ([one], _, false) => {
                admission.group = Some(one.group.clone());
                group_used = true;
            }
            ([one], false, true) => {
                admission.owner = Some(one.user.clone());
                owner_used = true;
            }
            ([one, two], false, false) => {
                (admission.owner, admission.group) = (Some(one.user.clone()), Some(two.group.clone()));
                (owner_used, group_used) = (true, true);
            }
            _ => return None,
        }
        let lacks = |used: bool, bit: u32| used && socket.mode & bit == 0;
        if lacks(owner_used, 0o200) || lacks(group_used, 0o020) {
            admission.mode = Some(if socket.mode & 0o002 == 0 { "0660" } else { "0666" });
        }
        Some(admission)
    }

    /// `listen.owner = …`, `listen.group = …` and `listen.mode = …`, as far as they change.
    fn settings(&self) -> Vec<(&'static str, &str)> {
        let pairs = [
            ("listen.owner", self.owner.as_deref()),
            ("listen.group", self.group.as_deref()),
            ("listen.mode", self.mode),
        ];
        pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// The same in words, for a help.
    fn text(&self) -> String {
        let lines: Vec<_> = self.settings().iter().map(|(key, value)| format!("`{key} = {value}`")).collect();
        match lines.as_slice() {
            [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => lines.concat(),
        }
    }

    /// Values that are there are replaced, the others added below `listen`.
    fn edits(&self, context: &Context<'_>, pool: &Pool) -> Option<Vec<Edit>> {
        let listen = context.files.node(pool.get("listen")?.at);
        let (mut edits, mut lines) = (Vec::new(), Vec::new());
        for (key, value) in self.settings() {
            match pool.get(key) {
                Some(entry) => edits.push(edits::restate(context.files.node(entry.at), value)),
                None => lines.push(edits::key_like(listen, key, value)),
            }
        }
        if !lines.is_empty() {
            edits.push(edits::insert_lines_after(listen, &lines));
        }
        Some(edits)
    }
}
