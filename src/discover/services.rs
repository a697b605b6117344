//! Files that start other programs and tell them where to listen: systemd units, Docker compose files,
//! configurations of application servers.

use std::path::{Path, PathBuf};

use crate::vfs::{Disk, Kind};

/// What a file that tells of services is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Told {
    /// systemd: a `.service` or `.socket` unit, or a drop-in of one.
    Unit,
    /// `gunicorn.conf.py`.
    Gunicorn,
    /// uWSGI's ini.
    Uwsgi,
    /// PM2's ecosystem file.
    Pm2,
    /// A Procfile, of foreman, honcho or a platform.
    Procfile,
    /// Docker compose.
    Compose,
    /// The recipe of an image.
    Dockerfile,
}

impl Told {
    /// What the name and the place of a file tell.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let dir = path.parent().and_then(Path::file_name).and_then(|dir| dir.to_str()).unwrap_or_default();
        if stem == "Dockerfile" || name == "Dockerfile" || extension.eq_ignore_ascii_case("dockerfile") {
            return Some(Self::Dockerfile);
        }
        match extension {
            "service" | "socket" => Some(Self::Unit),
            "conf" if dir.ends_with(".service.d") || dir.ends_with(".socket.d") => Some(Self::Unit),
            "py" if stem.starts_with("gunicorn") => Some(Self::Gunicorn),
            "ini" if stem.contains("uwsgi") || in_uwsgi(path) => Some(Self::Uwsgi),
            "js" | "cjs" if stem.starts_with("ecosystem") || stem == "pm2.config" => Some(Self::Pm2),
            "json" if stem.starts_with("ecosystem") || stem == "pm2" => Some(Self::Pm2),
            "yml" | "yaml" if is_compose(stem) => Some(Self::Compose),
            "" if name == "Procfile" => Some(Self::Procfile),
            _ => None,
        }
    }

    /// What a file is that a service names for its configuration.
    pub(crate) fn when_named(path: &Path) -> Option<Self> {
        if path.file_name()? == "Dockerfile" {
            return Some(Self::Dockerfile);
        }
        match path.extension()?.to_str()? {
            "py" => Some(Self::Gunicorn),
            "ini" => Some(Self::Uwsgi),
            "js" | "cjs" | "json" => Some(Self::Pm2),
            _ => None,
        }
    }
}

fn in_uwsgi(path: &Path) -> bool {
    let dirs = path.components().filter_map(|part| part.as_os_str().to_str());
    dirs.into_iter().any(|part| matches!(part, "uwsgi" | "uwsgi.d" | "vassals"))
}

fn is_compose(stem: &str) -> bool {
    let stem = stem.split('.').next().unwrap_or(stem);
    matches!(stem, "compose" | "docker-compose")
}

/// Where on a machine units and instances of application servers are declared.
const DIRECTORIES: &[&str] = &[
    "etc/systemd/system",
    "usr/local/lib/systemd/system",
    "etc/uwsgi/apps-enabled",
    "etc/uwsgi/vassals",
    "etc/uwsgi.d",
    "etc/gunicorn.d",
];

/// Where packages put their units: hundreds of them, of which few are of gateways.
const PACKAGED: &[&str] = &["usr/lib/systemd/system", "lib/systemd/system"];

/// The files of a machine that tell of services.
pub(crate) fn of_machine(root: &Path, disk: &Disk) -> Vec<(PathBuf, Told)> {
    let mut found = Vec::new();
    for dir in DIRECTORIES.iter().map(|dir| root.join(dir)) {
        for name in disk.list(&dir).unwrap_or_default() {
            take(dir.join(&name), disk, &mut found);
            if name.ends_with(".service.d") || name.ends_with(".socket.d") {
                let inside = dir.join(&name);
                for name in disk.list(&inside).unwrap_or_default() {
                    take(inside.join(name), disk, &mut found);
                }
            }
        }
    }
    for dir in PACKAGED.iter().map(|dir| root.join(dir)) {
        for name in disk.list(&dir).unwrap_or_default().iter().filter(|name| is_packaged_gateway(name)) {
            take(dir.join(name), disk, &mut found);
        }
    }
    found
}

fn is_packaged_gateway(unit: &str) -> bool {
    const BEGIN: &[&str] = &["nginx", "openresty", "angie", "apache2", "httpd", "php", "gunicorn", "uwsgi"];
    BEGIN.iter().any(|begin| unit.starts_with(begin))
}

/// The compose files beside what was asked about, or in the directories above it, up to the top of
/// its repository.
pub(crate) fn compose_above(asked: &[PathBuf], disk: &Disk) -> Vec<(PathBuf, Told)> {
    const LEVELS: usize = 5;
    const NAMES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
    let mut found = Vec::new();
    for path in asked {
        for dir in path.ancestors().take(LEVELS) {
            if NAMES.iter().any(|name| disk.kind(&dir.join(name)) == Some(Kind::File)) {
                let beside = disk.list(dir).unwrap_or_default().into_iter().map(|name| dir.join(name));
                beside
                    .filter(|path| Told::of(path) == Some(Told::Compose))
                    .for_each(|path| take(path, disk, &mut found));
            }
            if disk.kind(&dir.join(".git")).is_some() {
                break;
            }
        }
    }
    found
}

fn take(path: PathBuf, disk: &Disk, found: &mut Vec<(PathBuf, Told)>) {
    if let Some(told) = Told::of(&path)
        && disk.kind(&path) == Some(Kind::File)
    {
        found.push((path, told));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_tell() {
        let of = |path: &str| Told::of(Path::new(path));
        assert_eq!(of("/etc/systemd/system/shop.service"), Some(Told::Unit));
        assert_eq!(of("/etc/systemd/system/shop.service.d/limits.conf"), Some(Told::Unit));
        assert_eq!(of("/srv/shop/gunicorn.conf.py"), Some(Told::Gunicorn));
        assert_eq!(of("/etc/uwsgi/apps-enabled/shop.ini"), Some(Told::Uwsgi));
        assert_eq!(of("/srv/shop/docker-compose.prod.yml"), Some(Told::Compose));
        assert_eq!(of("/srv/shop/Procfile"), Some(Told::Procfile));
        assert_eq!(of("/etc/nginx/conf.d/shop.conf"), None);
        assert_eq!(of("/srv/shop/settings.py"), None);
    }
}
