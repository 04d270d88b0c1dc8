//! Files for their owner only: whole or not there, links not followed.
//!
//! Everything that this program writes is somebody's secret, or stands beside one. So there is one way to write:
//! [`write()`] puts a file in its place in one step, readable by the owner only, and [`create_folder`] makes folders that
//! nobody else can enter. Neither writes through a link that somebody has put where the file should be.
//!
//! ```
//! # let dir = tempfile::tempdir()?;
//! let folder = dir.path().join("node");
//! entente_files::create_folder(&folder)?;
//! entente_files::write(&folder.join("paper.md"), b"(TLP:RED) text")?;
//! assert_eq!(entente_files::too_open(&folder)?, Vec::<std::path::PathBuf>::new());
//! # Ok::<(), std::io::Error>(())
//! ```

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::{Path, PathBuf};

/// From now on, files and folders that this process makes are for their owner only, whoever makes them.
pub fn keep_to_owner() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// From now on, what this process makes may be read by everybody: for manual pages and the like.
pub fn let_others_read() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
}

/// Makes a folder, and those above it, for the owner only; those that are there stay as they are.
///
/// # Errors
/// When it cannot be made, or what stands there is a link or not a folder.
pub fn create_folder(path: &Path) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => return Ok(()),
        Ok(found) if found.is_symlink() => return Err(link(path)),
        Ok(_) => return Err(Error::new(ErrorKind::AlreadyExists, "it is a file, not a folder")),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file for writing that is for its owner only; it is made where it is not there, and never reached by a link.
///
/// # Errors
/// When it cannot be opened, or is a link.
pub fn open(path: &Path) -> Result<File> {
    let mut options = options();
    options.create(true).truncate(false);
    options.open(path).map_err(|error| explain(path, error))
}

/// Puts a file in its place in one step, with its content on the disk: the whole of it, or what was there before.
///
/// A device or pipe is written to as it is.
///
/// # Errors
/// When it cannot be written, or a link or a folder stands there.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => return Err(link(path)),
        Ok(found) if found.is_dir() => {
            return Err(Error::new(ErrorKind::IsADirectory, "it is a folder; name a file in it"));
        }
        Ok(found) if !found.is_file() => {
            let mut device = options().open(path)?;
            return device.write_all(bytes);
        }
        _ => {}
    }
    let partial = beside(path)?;
    let placed = fill(&partial, bytes).and_then(|()| std::fs::rename(&partial, path));
    if placed.is_err() {
        // Half a file helps nobody; the failure is what matters.
        let _ = std::fs::remove_file(&partial);
    }
    placed?;
    settle(path)
}

/// The largest file that is read as a secret: a certificate's key with some text around it.
const MAX_SECRET: u64 = 64 << 10;

/// Reads a file that holds a secret: text, and for nobody but those who need it. One of this process's own user is for that user
/// only; one of somebody else (as service managers hand them over) may be for a group, never for everybody. What is no file, such
/// as a pipe, is read as it is.
///
/// # Errors
/// When it cannot be read, is not text, is too large, or is open to others.
pub fn read_secret(path: &Path) -> Result<String> {
    use std::io::Read as _;
    let file = File::open(path)?;
    // Looked at once it is open, so that what is looked at is what is read.
    let found = file.metadata()?;
    if found.is_file() && is_open_secret(&found) {
        return Err(Error::new(
            ErrorKind::PermissionDenied,
            "others can read it, and it holds a secret; take their rights away with `chmod 600`",
        ));
    }
    let mut text = String::new();
    file.take(MAX_SECRET + 1).read_to_string(&mut text)?;
    match text.len() as u64 > MAX_SECRET {
        true => Err(Error::new(ErrorKind::InvalidData, "it is too large to be a secret")),
        false => Ok(text),
    }
}

#[cfg(unix)]
fn is_open_secret(found: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let own = found.uid() == rustix::process::geteuid().as_raw();
    let others = if own { 0o077 } else { 0o007 };
    found.mode() & others != 0
}

#[cfg(not(unix))]
fn is_open_secret(_: &std::fs::Metadata) -> bool {
    false
}

/// Makes the name of a file in its folder durable.
///
/// # Errors
/// When the folder cannot be synced.
pub fn settle(path: &Path) -> Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Puts a file in its place as [`write()`] does, and overwrites what stood there: it is gone as far as the file system lets
/// it.
///
/// # Errors
/// As for [`write()`].
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let old = options().open(path).ok();
    write(path, bytes)?;
    if let Some(mut old) = old {
        let size = usize::try_from(old.metadata()?.len()).unwrap_or_default();
        old.write_all(&vec![0; size])?;
        old.sync_all()?;
    }
    Ok(())
}

/// Overwrites a file and removes it: what it held is gone from where it stood, as far as the file system lets it.
///
/// # Errors
/// When it cannot be overwritten or removed, or is a link.
pub fn destroy(path: &Path) -> Result<()> {
    /// Written at once: large enough to be quick, small enough to need no memory worth speaking of.
    const PIECE: usize = 1 << 16;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let found = std::fs::symlink_metadata(path)?;
        if found.is_file() {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        }
    }
    let mut file = options().open(path).map_err(|error| explain(path, error))?;
    let mut left = file.metadata()?.len();
    while left > 0 {
        let piece = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        file.write_all(&vec![0; piece])?;
        left -= piece as u64;
    }
    file.sync_all()?;
    std::fs::remove_file(path)?;
    settle(path)
}

/// How many bytes are free for this process where a folder stands.
///
/// # Errors
/// When the file system does not say.
pub fn free_space(folder: &Path) -> Result<u64> {
    #[cfg(unix)]
    {
        let found = rustix::fs::statvfs(folder)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        Ok(u64::MAX)
    }
}

fn fill(partial: &Path, bytes: &[u8]) -> Result<()> {
    let mut fresh = options();
    // A leftover of a crash may have wider rights, or be somebody else's.
    match std::fs::remove_file(partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = fresh.create_new(true).open(partial)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Where a file is written before it takes its place: one name for each process, so that two do not mix.
fn beside(path: &Path) -> Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| Error::new(ErrorKind::InvalidInput, "it names no file"))?;
    let mut partial = std::ffi::OsString::from(".");
    partial.push(name);
    partial.push(format!(".{}.writing", std::process::id()));
    Ok(folder_of(path).join(partial))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options
}

fn link(path: &Path) -> Error {
    let to = std::fs::read_link(path).map_or_else(|_| "elsewhere".to_owned(), |to| to.display().to_string());
    Error::new(
        ErrorKind::AlreadyExists,
        format!("it is a link to {to}, and links are not followed; remove it, or name another place"),
    )
}

fn explain(path: &Path, error: Error) -> Error {
    match std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
        true => link(path),
        false => error,
    }
}

/// What in a folder others than its owner could reach: the folder itself, and what stands directly in it. Where the
/// folder itself was open, everything below it.
///
/// # Errors
/// When the folder cannot be read.
pub fn too_open(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut open = Vec::new();
    let deep = is_open(folder)?;
    if deep {
        open.push(folder.to_owned());
    }
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next)? {
            let path = entry?.path();
            let found = match std::fs::symlink_metadata(&path) {
                Ok(found) => found,
                // Another process may have removed it meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            if found.is_symlink() {
                continue;
            }
            if found.is_dir() && deep {
                folders.push(path.clone());
            }
            if is_open(&path)? {
                open.push(path);
            }
        }
    }
    Ok(open)
}

#[cfg(unix)]
fn is_open(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    match std::fs::symlink_metadata(path) {
        Ok(found) => Ok(found.permissions().mode() & 0o077 != 0),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> Result<bool> {
    Ok(false)
}

/// Takes everybody's rights but the owner's away from what [`too_open`] found in a folder. Gives what was mended.
///
/// # Errors
/// When a right cannot be taken away: then others can still read it.
pub fn close(folder: &Path) -> Result<Vec<PathBuf>> {
    let open = too_open(folder)?;
    for path in &open {
        close_one(path)?;
    }
    Ok(open)
}

#[cfg(unix)]
fn close_one(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut rights = std::fs::symlink_metadata(path)?.permissions();
    rights.set_mode(rights.mode() & 0o700);
    std::fs::set_permissions(path, rights)
}

#[cfg(not(unix))]
fn close_one(_: &Path) -> Result<()> {
    Ok(())
}
