//! What only the inside sees.

use std::fs;

use super::*;

#[test]
fn when_one_file_cannot_be_replaced_those_before_it_are_restored() {
    let dir = tempfile::tempdir().expect("a directory");
    let files = ["a", "b", "c"].map(|name| {
        let real = dir.path().join(name);
        fs::write(&real, "old").expect("a file");
        Patched { path: real.clone(), real, before: b"old".into(), after: b"new".into() }
    });
    let records = Records::at(dir.path().join("state")).lock().expect("free");
    let record = records.begin(&files, None, &mut NoFaults).expect("writable");
    let targets: Vec<_> =
        files.iter().map(|file| Target::inspect(file, &mut NoFaults).expect("fine")).collect();
    fs::write(&files[1].real, "theirs").expect("writable");
    let error = replace_all(&targets, &record, &mut NoFaults).expect_err("b has changed");
    let error = take_back(error, &record, &mut NoFaults);
    assert_eq!(error.path, files[1].real);
    let texts = files.each_ref().map(|file| fs::read_to_string(&file.real).expect("there"));
    assert_eq!(texts, ["old", "theirs", "old"]);
    assert_eq!(fs::read_dir(dir.path()).expect("there").count(), 4, "nothing stays beside them");
}
