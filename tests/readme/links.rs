//! Links from one document to another lead somewhere.

use std::path::Path;

use crate::{checkout, read};

#[test]
fn links_lead_somewhere() {
    let docs = std::fs::read_dir(checkout().join("docs")).expect("docs");
    let names = docs.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let pages = names.filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "md"));
    let mut documents: Vec<String> = pages.map(|name| format!("docs/{name}")).collect();
    documents.push("README.md".to_owned());
    for document in documents {
        for target in targets(&read(&document)) {
            let file = checkout().join(&document).with_file_name("").join(target);
            assert!(file.exists(), "{document}: there is no {target}");
        }
    }
}

/// What stands between `](` and `)`, without links into the web and places within a page.
fn targets(text: &str) -> Vec<&str> {
    let found = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let paths = found.filter_map(|(target, _)| target.split('#').next());
    paths.filter(|path| !path.is_empty() && !path.contains("://") && !path.contains(' ')).collect()
}
