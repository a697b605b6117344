//! What listens behind gateways and is neither a pool nor a gateway: application servers, as systemd units, their
//! own configurations, Procfiles and PM2 start them.

use std::path::Path;

use crate::discover::Told;
use crate::load::Workspace;
use crate::source::{FileId, Span};
use crate::vocabulary::{Program, program};

mod binds;
mod command;
mod edit;
mod settings;
mod text;
mod unit;

pub use binds::Bind;
use command::Environment;
pub use command::Setting;
pub use text::{Entry, Said};
pub use unit::Unit;

/// A program that listens, as it is started in one place.
#[derive(Debug)]
pub struct App {
    /// Which program.
    pub program: &'static Program,
    /// What starts it, by name: `shop.service`, `gunicorn.conf.py`.
    pub name: String,
    /// The unit that starts it: index of [`Services::units`].
    pub unit: Option<usize>,
    /// Where it is started.
    pub span: Span,
    /// What it is told, files before the command line.
    pub settings: Vec<Setting>,
    /// Whether more is said to it out of sight.
    pub open: bool,
    /// Whether where it listens is what programs of this kind usually do, and not said for certain.
    pub assumed: bool,
    /// Whether systemd listens for it, so that its own addresses mean nothing.
    pub activated: bool,
    /// Where it listens.
    pub binds: Vec<Bind>,
    /// Where it would listen if systemd did not.
    pub unused: Vec<Bind>,
}

impl App {
    fn new(program: &'static Program, name: &str, span: Span) -> Self {
        Self {
            program,
            name: name.to_owned(),
            unit: None,
            span,
            settings: Vec::new(),
            open: false,
            assumed: false,
            activated: false,
            binds: Vec::new(),
            unused: Vec::new(),
        }
    }

    fn say(&mut self, key: &str, value: Said, span: Span) {
        if key == "open" {
            self.open = true;
        } else {
            self.settings.push(Setting { key: key.to_owned(), value, span, on_command_line: true });
        }
    }

    /// A setting in force: the command line wins over a file, what stands later over what stands before.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().rev().find(|setting| setting.key == key)
    }

    /// A whole number; `None` when it is not set or not known.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.value.known()?.parse().ok()
    }

    /// How messages call it: `gunicorn of shop.service`.
    pub fn title(&self) -> String {
        format!("{} of {}", self.program.name, self.name)
    }
}

/// A socket systemd itself listens on.
#[derive(Debug)]
pub struct Activation {
    /// The `.socket` unit: index of [`Services::units`].
    pub unit: usize,
    /// The `.service` it starts, if that is in sight.
    pub service: Option<usize>,
    /// Where it listens.
    pub binds: Vec<Bind>,
}

/// All services in sight.
#[derive(Debug, Default)]
pub struct Services {
    /// The units.
    pub units: Vec<Unit>,
    /// The programs.
    pub apps: Vec<App>,
    /// The sockets of systemd.
    pub sockets: Vec<Activation>,
    /// Whether something is started in sight of which nobody can tell where it listens.
    pub opaque: bool,
}

impl Services {
    /// Reads what was loaded.
    pub(super) fn build(files: &Workspace) -> Self {
        let of =
            |wanted: Told| files.services.iter().filter(move |(_, told)| *told == wanted).map(|&(id, _)| id);
        let unit_files: Vec<FileId> = of(Told::Unit).collect();
        let mut services = Self { units: Unit::collect(files, &unit_files), ..Self::default() };
        for index in 0..services.units.len() {
            services.start(files, index);
        }
        for id in of(Told::Procfile) {
            services.procfile(files, id);
        }
        services.configurations(files);
        services.activate(files);
        for app in &mut services.apps {
            let binds = binds::of(app, &files.root);
            let slot = if app.activated { &mut app.unused } else { &mut app.binds };
            *slot = binds;
        }
        services.opaque |= services
            .apps
            .iter()
            .any(|app| app.binds.is_empty() && !app.activated || app.open && app.unit.is_some());
        services
    }

    /// What a `.service` starts.
    fn start(&mut self, files: &Workspace, index: usize) {
        let unit = &self.units[index];
        let Some(exec) = unit.get("Service", "ExecStart") else { return };
        let words = unit.entry_words(files, exec);
        let environment = Environment::read(unit.words(files, "Service", "Environment"));
        let path = words
            .first()
            .and_then(Said::known)
            .unwrap_or_default()
            .trim_start_matches(['-', '@', ':', '+', '!']);
        let packaged = ["/usr/sbin/", "/usr/bin/", "/usr/lib/", "/lib/", "/sbin/", "/bin/"];
        let packaged = packaged.iter().any(|dir| path.starts_with(dir));
        match command::read(&unit.name, words, &environment) {
            // PHP, node and their like also run what listens nowhere.
            Some(app) if says_where(&app) => {
                let home = unit.value(files, "Service", "WorkingDirectory");
                self.apps.push(App { unit: Some(index), ..app });
                self.add_configuration(files, home.as_ref().and_then(Said::known));
            }
            Some(_) => self.opaque = true,
            None => self.opaque |= !packaged && unit.whole,
        }
    }

    /// Puts the settings of the file the last program names, or finds by itself, before its own.
    fn add_configuration(&mut self, files: &Workspace, home: Option<&str>) {
        let Some(app) = self.apps.last_mut() else { return };
        let named = app.get("config").map(|setting| setting.value.clone());
        let name = match (&named, app.program.name) {
            (Some(said), _) => match said.known() {
                Some(name) => name.trim_start_matches("file:").to_owned(),
                None => return app.open = true,
            },
            (None, "gunicorn") => "gunicorn.conf.py".to_owned(),
            _ => return,
        };
        let found = files.services.iter().find(|&&(id, _)| is_at(files, id, &name, home));
        let Some(&(id, told)) = found else {
            app.open |= named.is_some();
            return;
        };
        configure(files, app, id, told);
    }

    /// Configurations nothing in sight starts stand for a program themselves.
    fn configurations(&mut self, files: &Workspace) {
        for &(id, told) in &files.services {
            let name = match told {
                Told::Gunicorn => "gunicorn",
                Told::Uwsgi => "uwsgi",
                Told::Pm2 => "pm2",
                Told::Unit | Told::Procfile | Told::Compose | Told::Dockerfile => continue,
            };
            let tree = files.tree(id);
            let inside = Span::new(tree.base, tree.base + tree.text.len() as u32);
            let used =
                self.apps.iter().any(|app| app.settings.iter().any(|setting| inside.contains(setting.span)));
            let Some(program) = program(name).filter(|_| !used) else { continue };
            let title = files.file(id).path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut app = App::new(program, &title, Span::at(tree.base));
            configure(files, &mut app, id, told);
            // What starts it may tell it more.
            app.open = app.open || told != Told::Uwsgi;
            if let Some(first) = app.settings.first() {
                app.span = first.span;
            }
            self.apps.push(app);
        }
    }

    /// The lines `web: gunicorn …` of a Procfile.
    fn procfile(&mut self, files: &Workspace, id: FileId) {
        let tree = files.tree(id);
        let mut lo = tree.base;
        for line in tree.text.split_inclusive('\n') {
            let begin = lo;
            lo += line.len() as u32;
            let Some((_, command)) = line.trim_end().split_once(':').filter(|_| !line.starts_with('#'))
            else {
                continue;
            };
            let at = begin + (line.trim_end().len() - command.len()) as u32;
            let app = command::read("Procfile", command::words(command, at), &Environment::default());
            if let Some(app) = app.filter(says_where) {
                self.apps.push(app);
                self.add_configuration(files, None);
            }
        }
    }

    /// The `.socket` units. gunicorn takes what systemd hands it and leaves its own addresses alone.
    fn activate(&mut self, files: &Workspace) {
        for (index, unit) in self.units.iter().enumerate().filter(|(_, unit)| unit.is_socket()) {
            let named = unit.value(files, "Socket", "Service");
            let name = named
                .as_ref()
                .and_then(Said::known)
                .map_or_else(|| format!("{}.service", unit.stem()), str::to_owned);
            let service = self.units.iter().position(|unit| unit.name == name);
            let app = self.apps.iter_mut().find(|app| app.unit.is_some() && app.unit == service);
            let protocol = app.as_ref().and_then(|app| binds::protocol(app));
            if let Some(app) = app.filter(|app| app.program.name == "gunicorn") {
                app.activated = true;
            }
            let binds = binds::of_socket(files, unit, protocol);
            self.sockets.push(Activation { unit: index, service, binds });
        }
    }
}

/// Whether a program that also runs what does not listen says that it does.
fn says_where(app: &App) -> bool {
    let often_does_not = matches!(app.program.name, "node" | "php" | "pm2" | "rails");
    !often_does_not || app.open || ["bind", "port", "config"].iter().any(|key| app.get(key).is_some())
}

/// Whether a file is the one `name` means to a program that runs in `home`.
fn is_at(files: &Workspace, id: FileId, name: &str, home: Option<&str>) -> bool {
    let path = files.on_machine(&files.file(id).path);
    let wanted = Path::new(home.unwrap_or("")).join(name);
    path == wanted
        || (!files.rooted && path.file_name() == wanted.file_name())
        || (home.is_none() && path.file_name() == Path::new(name).file_name())
}

/// Adds what a configuration says to what the program is told.
fn configure(files: &Workspace, app: &mut App, id: FileId, told: Told) {
    let file = files.file(id);
    let said = match told {
        Told::Gunicorn => settings::gunicorn(&file.tree),
        Told::Uwsgi => {
            let (said, open) = settings::uwsgi(&file.tree, &file.path);
            app.open |= open;
            said
        }
        Told::Pm2 => {
            app.assumed = true;
            let port = |value: Said| Setting {
                key: "port".to_owned(),
                span: value.span,
                value,
                on_command_line: false,
            };
            settings::pm2(&file.tree).into_iter().map(port).collect()
        }
        Told::Unit | Told::Procfile | Told::Compose | Told::Dockerfile => Vec::new(),
    };
    app.settings.splice(0..0, said);
}
