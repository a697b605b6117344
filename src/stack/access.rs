//! Who may connect to the socket of a pool, and as whom the gateways try.

use crate::load::Workspace;
use crate::source::Span;

use super::Stack;
use super::endpoint::Endpoint;
use super::fpm::{Entry, Pool};
use super::hop::{Gateway, Hop, Leg, Protocol};
use crate::users::Users;

/// The user and the group the workers of a gateway run as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The user, by name.
    pub user: String,
    /// The group, by name.
    pub group: String,
    /// Where the user is written.
    pub span: Span,
}

/// A gateway that calls a pool.
#[derive(Debug)]
pub struct Caller<'a> {
    /// Who it runs as; `None` when it does not say.
    pub identity: Option<Identity>,
    /// Where it calls.
    pub hop: &'a Hop,
    /// With which address.
    pub leg: &'a Leg,
}

/// Which bits of the mode of a socket hold for a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It is the owner of the socket.
    Owner,
    /// It is in the group of the socket.
    Group,
    /// It is neither, or in no entry of the ACL.
    Other,
}

/// Whether a caller may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It may.
    Granted,
    /// It may not.
    Denied {
        /// What it is to the socket.
        class: Class,
        /// Whether that is known for sure; else its groups are not, and it has no reason to be in
        /// the socket's.
        certain: bool,
    },
    /// It depends on groups that are not known.
    Unknown,
}

/// The socket of a pool, as FPM makes it.
#[derive(Debug)]
pub struct Socket<'a> {
    /// Its path.
    pub path: &'a str,
    /// `listen.owner`; without it the master owns the socket, which is root.
    pub owner: Option<&'a Entry>,
    /// `listen.group`.
    pub group: Option<&'a Entry>,
    /// `listen.mode`, 0660 where it is not set.
    pub mode: u32,
    /// `listen.acl_users`; with it or the next one FPM ignores owner and group.
    pub acl_users: Option<&'a Entry>,
    /// `listen.acl_groups`.
    pub acl_groups: Option<&'a Entry>,
}

impl<'a> Socket<'a> {
    /// The socket of a pool; `None` when it listens on a port, or nobody knows where.
    pub fn of(pool: &'a Pool) -> Option<Self> {
        let Some(Endpoint::Unix(path)) = &pool.listen else { return None };
        let mode = pool.said("listen.mode").map_or(0o660, |entry| octal(&entry.value));
        Some(Self {
            path,
            owner: pool.said("listen.owner"),
            group: pool.said("listen.group"),
            mode,
            acl_users: pool.said("listen.acl_users"),
            acl_groups: pool.said("listen.acl_groups"),
        })
    }

    /// Whether an ACL takes the place of owner and group.
    pub fn has_acl(&self) -> bool {
        self.acl_users.is_some() || self.acl_groups.is_some()
    }

    /// The name of its owner.
    pub fn owner_name(&self) -> &str {
        match self.owner {
            Some(entry) if !self.has_acl() => &entry.value,
            _ => "root",
        }
    }

    /// The name of its group: that of `listen.group`, else the owner's own, by custom of the same name.
    pub fn group_name(&self) -> &str {
        match self.group {
            Some(entry) if !self.has_acl() => &entry.value,
            _ => self.owner_name(),
        }
    }

    /// Whether `who` may connect: Linux wants the write bit of the first class that fits.
    pub fn access(&self, who: &Identity, users: &Users) -> Access {
        if who.user == "root" {
            return Access::Granted;
        }
        if self.has_acl() {
            return self.access_by_acl(who, users);
        }
        if is_number(self.owner_name()) || is_number(self.group_name()) {
            return if self.mode & 0o222 == 0o222 { Access::Granted } else { Access::Unknown };
        }
        if self.owner_name() == who.user {
            return self.by_bit(0o200, Class::Owner);
        }
        let member = if who.group == self.group_name() {
            Some(true)
        } else {
            users.in_group(&who.user, self.group_name())
        };
        match (member, self.mode & 0o020 != 0, self.mode & 0o002 != 0) {
            (Some(true), ..) => self.by_bit(0o020, Class::Group),
            (Some(false), ..) => self.by_bit(0o002, Class::Other),
            (None, true, true) => Access::Granted,
            (None, false, false) => Access::Denied { class: Class::Other, certain: true },
            (None, true, false) if is_of_a_service(self.group_name()) => {
                Access::Denied { class: Class::Other, certain: self.group_name() == "root" }
            }
            (None, ..) => Access::Unknown,
        }
    }

    fn by_bit(&self, bit: u32, class: Class) -> Access {
        if self.mode & bit != 0 { Access::Granted } else { Access::Denied { class, certain: true } }
    }

    /// An ACL entry gives read and write, whatever the mode.
    fn access_by_acl(&self, who: &Identity, users: &Users) -> Access {
        let listed = |entry: Option<&'a Entry>| entry.into_iter().flat_map(|entry| entry.value.split(','));
        if listed(self.acl_users).any(|user| user == who.user) {
            return Access::Granted;
        }
        let member = |group| if group == who.group { Some(true) } else { users.in_group(&who.user, group) };
        let members: Vec<_> = listed(self.acl_groups).map(member).collect();
        if members.contains(&Some(true)) {
            Access::Granted
        } else if members.contains(&None) {
            Access::Unknown
        } else {
            self.by_bit(0o002, Class::Other)
        }
    }
}

impl Stack {
    /// Who the workers of a gateway run as, where it says so by name.
    pub fn identity(&self, files: &Workspace, gateway: Gateway) -> Option<Identity> {
        let (user, group, span) = match gateway {
            Gateway::Nginx(index) => {
                let node = self.nginx.get(index)?.user(files)?;
                let user = node.arg(0)?.into_owned();
                (user.clone(), node.arg(1).map_or(user, std::borrow::Cow::into_owned), node.head())
            }
            Gateway::Apache(index) => {
                let apache = self.apache.get(index)?;
                let entry = apache.identity("user")?;
                let user = entry.value(0)?.to_owned();
                let group = apache.identity("group").and_then(|entry| entry.value(0));
                (user.clone(), group.map_or(user, str::to_owned), entry.span(files))
            }
        };
        let named = |name: &str| !name.starts_with('#') && !name.contains('$');
        (named(&user) && named(&group)).then_some(Identity { user, group, span })
    }

    /// The gateways that call a pool, in the order of their files.
    pub fn callers<'a>(&'a self, files: &Workspace, pool: &Pool) -> Vec<Caller<'a>> {
        let fastcgi = self.hops.iter().filter(|hop| hop.protocol == Protocol::Fastcgi);
        let legs = fastcgi.flat_map(|hop| hop.legs.iter().map(move |leg| (hop, leg)));
        let here = legs.filter(|(_, leg)| {
            !leg.down && self.pool_at(leg).is_some_and(|(_, other)| std::ptr::eq(other, pool))
        });
        here.map(|(hop, leg)| Caller { identity: self.identity(files, hop.gateway), hop, leg }).collect()
    }
}

/// `strtoul(text, NULL, 8)`: what is no octal number is 0.
fn octal(text: &str) -> u32 {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_digit(8)).unwrap_or(text.len());
    u32::from_str_radix(&text[..end], 8).unwrap_or(0)
}

fn is_number(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Groups that systems make for one service each: nobody else is put into them, as one is into the
/// group of a customer.
fn is_of_a_service(group: &str) -> bool {
    const GROUPS: &[&str] = &[
        "root", "daemon", "bin", "sys", "games", "man", "lp", "mail", "news", "uucp", "proxy", "backup",
        "list", "irc", "nobody", "nogroup", "www-data", "apache", "apache2", "nginx", "http", "httpd",
        "wwwrun", "lighttpd", "caddy", "php-fpm",
    ];
    GROUPS.contains(&group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_octal_and_end_at_what_is_not() {
        assert_eq!([octal("0660"), octal("660"), octal("0666 x"), octal("u+w")], [0o660, 0o660, 0o666, 0]);
    }
}
