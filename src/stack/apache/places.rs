//! Every directive and section in force with the ground it stands on: what httpd allows there.

use crate::load::Workspace;
use crate::load::apache::Arg;
use crate::tree::NodeRef;
use crate::vocabulary::{ApacheWord, Inside, Places};

use super::{Apache, Section};
use crate::stack::nginx::ScopeId;

/// A directive or section where it stands. A file that is included twice has its directives in two places.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The directive, or the section.
    pub node: NodeRef<'a>,
    /// What the vocabulary says of it; `None` for a name nobody knows.
    pub word: Option<&'static ApacheWord>,
    /// Its arguments, variables resolved.
    pub args: &'a [Arg],
    /// The section it stands in.
    pub scope: ScopeId,
    /// What is allowed there.
    pub ground: Ground,
}

/// What httpd allows in a section: `override` of its `cmd_parms`, and what `ap_check_cmd_context` looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// The places it counts as; all of them where that is not known.
    pub allowed: Places,
    /// What it is certainly inside of.
    pub inside: Inside,
    /// Whether it is in an .htaccess.
    pub htaccess: bool,
}

impl Ground {
    /// Where nothing is known.
    const ANY: Self = Self { allowed: Places::ALL, inside: Inside::NONE, htaccess: false };

    /// Outside of all sections.
    pub(super) fn top(whole: bool, htaccess: bool) -> Self {
        match (whole, htaccess) {
            (_, true) => Self { allowed: Places::OVERRIDES, htaccess, ..Self::ANY },
            (true, false) => {
                Self { allowed: Places::outside(), inside: Inside::OUTSIDE | Inside::MAIN, htaccess }
            }
            (false, false) => Self::ANY,
        }
    }

    /// Whether a directive may stand here, as far as is known. What is acted on while it is read may
    /// stand anywhere but in an .htaccess.
    pub fn takes(self, word: &ApacheWord) -> bool {
        if word.is_foreign() || (word.places.meets(Places::READ) && !self.htaccess) {
            return true;
        }
        word.places.meets(self.allowed) && self.forbidding(word).is_empty()
    }

    /// What a directive does not want around it and has.
    pub fn forbidding(self, word: &ApacheWord) -> Inside {
        word.forbidden.shared(self.inside)
    }

    /// The ground in a section that stands here.
    pub(super) fn within(self, section: &Section) -> Self {
        let Some(word) = section.word.filter(|word| self.takes(word)) else { return Self::ANY };
        let access = Places::OVERRIDES | Places::SECTION;
        match word.name {
            "VirtualHost" => {
                Self { allowed: Places::outside(), inside: Inside::VHOST | Inside::OUTSIDE, htaccess: false }
            }
            "Directory" | "DirectoryMatch" => self.entered(access, Inside::DIRECTORY),
            "Location" | "LocationMatch" => self.entered(access, Inside::LOCATION),
            "Proxy" | "ProxyMatch" => self.entered(access | Places::PROXY, Inside::PROXY),
            // Within a section or an .htaccess they change nothing; where that is not known no class is gained.
            "Files" | "FilesMatch" | "If" | "ElseIf" | "Else" => {
                let allowed = if self.inside.shared(Inside::OUTSIDE).is_empty() {
                    self.allowed.shared(access | Places::PROXY)
                } else {
                    access
                };
                self.entered(allowed, Inside::FILES)
            }
            "Limit" | "LimitExcept" => Self { inside: self.inside | Inside::LIMIT, ..self },
            "RequireAll" | "RequireAny" | "RequireNone" => {
                Self { allowed: Places::AUTH, inside: self.inside | Inside::LIMIT, ..self }
            }
            "AuthnProviderAlias" | "AuthzProviderAlias" => {
                Self { allowed: Places::AUTH | Places::SECTION, ..self }
            }
            _ => Self::ANY,
        }
    }

    fn entered(self, allowed: Places, kind: Inside) -> Self {
        Self { allowed, inside: self.inside.without(Inside::OUTSIDE) | kind, ..self }
    }
}

impl Apache {
    /// All directives and sections in force.
    pub fn places<'a>(&'a self, files: &'a Workspace) -> impl Iterator<Item = Place<'a>> {
        self.section_ids().flat_map(move |scope| {
            let section = self.section(scope);
            let opened = section.parent.zip(section.at).map(|(parent, at)| Place {
                node: files.node(at),
                word: section.word,
                args: &section.args,
                scope: parent,
                ground: self.section(parent).ground,
            });
            let entries = section.entries.iter().map(move |entry| Place {
                node: files.node(entry.at),
                word: entry.word,
                args: &entry.args,
                scope,
                ground: section.ground,
            });
            opened.into_iter().chain(entries)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::apache::SectionKind;
    use crate::vocabulary::apache;

    fn inside(ground: Ground, names: &[&str]) -> Ground {
        names.iter().fold(ground, |ground, name| {
            let section = Section {
                kind: SectionKind::Other,
                word: apache(name, true),
                at: None,
                args: Vec::new(),
                parent: None,
                ground,
                entries: Vec::new(),
            };
            ground.within(&section)
        })
    }

    #[test]
    fn sections_allow_what_httpd_allows_in_them() {
        let takes = |ground: Ground, name| ground.takes(apache(name, false).expect("known"));
        let main = Ground::top(true, false);
        assert!(takes(main, "Listen") && !takes(main, "Require") && !takes(main, "ServerAlias"));
        let vhost = inside(main, &["VirtualHost"]);
        assert!(takes(vhost, "ServerAlias") && !takes(vhost, "User") && !takes(vhost, "Listen"));
        let directory = inside(vhost, &["Directory"]);
        assert!(
            takes(directory, "Require") && !takes(directory, "ErrorLog") && !takes(directory, "ProxyPass")
        );
        assert!(takes(inside(vhost, &["Location"]), "ProxyPass"));
        assert!(takes(inside(directory, &["RequireAll"]), "Require"));
        assert!(!takes(inside(directory, &["RequireAll"]), "Options"));
    }

    #[test]
    fn pieces_allow_what_some_includer_would() {
        let takes = |ground: Ground, name| ground.takes(apache(name, false).expect("known"));
        let piece = Ground::top(false, false);
        assert!(takes(piece, "Require") && takes(piece, "User"));
        assert!(!takes(inside(piece, &["If"]), "ErrorLog"));
        assert!(!takes(inside(piece, &["VirtualHost"]), "User"));
        let htaccess = Ground::top(false, true);
        assert!(takes(htaccess, "RewriteRule") && !takes(htaccess, "DocumentRoot"));
        assert!(!takes(htaccess, "Include") && takes(piece, "Include"));
        assert!(!takes(inside(htaccess, &["Files"]), "ErrorLog"));
    }
}
