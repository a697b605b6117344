//! May the gateway connect to the socket of the pool?

pub(super) mod acl_overrides_owner;
pub(super) mod allowed_clients;
pub(super) mod client_left_out;
pub(super) mod gateway_not_allowed;
pub(super) mod mode_without_write;
pub(super) mod owner_missing;
pub(super) mod private_tmp;
pub(super) mod world_writable;

use super::target;
use crate::diagnostic::{Diagnostic, Edit, Fix, Severity};
use crate::edits;
use crate::rule::{Context, Sink};
use crate::stack::access::{Access, Caller, Class, Identity, Socket};
use crate::stack::fpm::Pool;
use crate::stack::hop::{Gateway, Hop};
use crate::users::Users;

/// Which of the rules of this family a refused gateway belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The socket is root's, as nobody said otherwise.
    NoOwner,
    /// The socket has an owner and an ACL, which overrides it, and the gateway is not in that.
    Acl,
    /// The socket is for others.
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
        let unsaid = self.socket.owner.is_none() && self.socket.group.is_none();
        if self.socket.has_acl() {
            if unsaid { Cause::Others } else { Cause::Acl }
        } else if unsaid {
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

/// The finding that an ACL leaves a gateway out, at the ACL; `None` when there is none.
fn left_out(context: &Context<'_>, refusal: &Refusal<'_>) -> Option<Diagnostic> {
    let socket = &refusal.socket;
    let acl = socket.acl_users.or(socket.acl_groups)?;
    let message = format!(
        "the ACL of the socket of pool [{}] leaves out {}, the user {} runs as: {}",
        refusal.pool.name,
        refusal.who.user,
        refusal.gateway(),
        refusal.outcome()
    );
    // The gateway is added; nobody who is in goes out.
    let list = match socket.acl_users {
        Some(users) => format!("{},{}", users.value, refusal.who.user),
        None => refusal.who.user.clone(),
    };
    let node = context.files.node(acl.at);
    let edit = match socket.acl_users {
        Some(_) => edits::restate(node, &list),
        None => edits::insert_line_after(node, &edits::key_like(node, "listen.acl_users", &list)),
    };
    let title = format!("let {} connect", refusal.gateway());
    let diagnostic = Diagnostic::new(acl.span, message, "only these may connect")
        .help(format!("write `listen.acl_users = {list}`"))
        .fix(Fix::safe(title, vec![edit]));
    Some(diagnostic)
}

/// The gateway a hop begins at, in words.
fn gateway(hop: &Hop) -> &'static str {
    match hop.gateway {
        Gateway::Nginx(_) => "nginx",
        Gateway::Apache(_) => "Apache",
    }
}

/// How the callers of a socket without an ACL get in.
#[derive(Default)]
struct Ways<'a> {
    /// One is the owner.
    owner: bool,
    /// One is in the group, as far as is known.
    group: bool,
    /// These are neither, and stay out.
    strangers: Vec<&'a Identity>,
    /// Nobody knows who one of them is.
    unknown: bool,
}

impl<'a> Ways<'a> {
    fn of(socket: &Socket<'_>, callers: &'a [Caller<'_>], users: &Users) -> Self {
        let mut ways = Self::default();
        for caller in callers {
            match &caller.identity {
                Some(who) => ways.add(socket, who, users),
                None => ways.unknown = true,
            }
        }
        ways
    }

    fn add(&mut self, socket: &Socket<'_>, who: &'a Identity, users: &Users) {
        match socket.access(who, users) {
            Access::Denied { class: Class::Other, .. } => {
                if !self.strangers.iter().any(|other| other.user == who.user) {
                    self.strangers.push(who);
                }
            }
            _ if who.user == "root" => {}
            _ if who.user == socket.owner_name() => self.owner = true,
            Access::Granted if socket.mode & 0o002 != 0 => {}
            _ => self.group = true,
        }
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
        let unsaid = socket.owner.is_none() && socket.group.is_none();
        let ways = Ways::of(socket, callers, users);
        if ways.unknown && !unsaid {
            // What is changed may be what lets that one in.
            return None;
        }
        let (owner, group) = match (ways.strangers.as_slice(), ways.owner, ways.group) {
            ([], ..) => (None, None),
            ([one], false, false) if unsaid => (Some(&one.user), Some(&one.group)),
            ([one], _, false) => (None, Some(&one.group)),
            ([one], false, true) => (Some(&one.user), None),
            ([one, two], false, false) => (Some(&one.user), Some(&two.group)),
            _ => return None,
        };
        // Who gets both is let in as the owner.
        let by_group = ways.group || (group.is_some() && !(unsaid && ways.strangers.len() == 1));
        let lacks = |used: bool, bit: u32| used && socket.mode & bit == 0;
        let narrow = lacks(ways.owner || owner.is_some(), 0o200) || lacks(by_group, 0o020);
        let mode = narrow.then_some(if socket.mode & 0o002 == 0 { "0660" } else { "0666" });
        Some(Self { owner: owner.cloned(), group: group.cloned(), mode })
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
