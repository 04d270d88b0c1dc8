//! What is written is the owner's alone, and nothing is written through a link.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn f1_files_and_folders_are_for_their_owner() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("a/b");
    entente_files::create_folder(&folder).unwrap();
    assert_eq!(mode(&folder), 0o700);
    let file = folder.join("text");
    std::fs::write(&file, "old").unwrap();
    set(&file, 0o666);
    entente_files::write(&file, b"new").unwrap();
    assert_eq!((mode(&file), std::fs::read(&file).unwrap()), (0o600, b"new".to_vec()));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn f1_nothing_is_written_through_a_link() {
    let dir = tempfile::tempdir().unwrap();
    let victim = dir.path().join("victim");
    std::fs::write(&victim, "mine").unwrap();
    let link = dir.path().join("link");
    symlink(&victim, &link).unwrap();
    let refused = entente_files::write(&link, b"theirs").unwrap_err().to_string();
    assert!(
        refused.contains("link to") && refused.contains("remove it"),
        "{refused}"
    );
    entente_files::open(&link).unwrap_err();
    let dangling = dir.path().join("dangling");
    symlink(dir.path().join("nowhere"), &dangling).unwrap();
    entente_files::write(&dangling, b"theirs").unwrap_err();
    let folder = dir.path().join("folder");
    symlink(dir.path(), &folder).unwrap();
    entente_files::create_folder(&folder).unwrap_err();
    assert_eq!(std::fs::read(&victim).unwrap(), b"mine");
    assert!(!dir.path().join("nowhere").exists());
}

#[test]
fn a_device_is_written_to_and_stays() {
    entente_files::write(Path::new("/dev/null"), b"gone").unwrap();
    assert!(std::fs::metadata("/dev/null").unwrap().permissions().mode() & 0o022 != 0);
}

#[test]
fn f1_a_folder_that_was_open_is_closed_with_all_below_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("node");
    let deep = folder.join("evidence/text");
    std::fs::create_dir_all(deep.parent().unwrap()).unwrap();
    std::fs::write(&deep, "x").unwrap();
    symlink("/etc/hostname", folder.join("link")).unwrap();
    for (path, open) in [(&folder, 0o755), (&deep, 0o644)] {
        set(path, open);
    }
    let mended = entente_files::close(&folder).unwrap();
    assert!(mended.contains(&folder) && mended.contains(&deep), "{mended:?}");
    assert_eq!((mode(&folder), mode(&deep)), (0o700, 0o600));
    assert!(entente_files::close(&folder).unwrap().is_empty());
    let direct = folder.join("entente.db");
    std::fs::write(&direct, "x").unwrap();
    set(&direct, 0o640);
    assert_eq!(entente_files::close(&folder).unwrap(), [direct]);
}
