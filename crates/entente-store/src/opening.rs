//! Where the bytes of a folder are: in the folder itself, or in a database that a file in it names.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OpenFlags};

use crate::engine::{Engine, Reading};
use crate::error::StoreError;
use crate::folder::{Folder, Tell};
use crate::postgres::{Address, Found, Postgres, ServerError};
use crate::projection::Projection;
use crate::rows::Tables;
use crate::schema;
use crate::sqlite::{Sqlite, SqliteReading};
use crate::vault::{RootPlace, Vault};

/// The file of a folder that names the database which has its bytes.
const DATABASE: &str = "database";
/// The most bytes of it that are read.
const MAX_ADDRESS: u64 = 4096;

/// The database that has the bytes of a folder; `None` where they are in the folder itself.
///
/// # Errors
/// When the folder's file cannot be read, or what it says is no address.
pub fn database_of(folder: &Path) -> Result<Option<Address>, StoreError> {
    let path = folder.join(DATABASE);
    let failed = |error| StoreError::File {
        path: path.clone(),
        error,
    };
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
        Ok(about) if about.len() > MAX_ADDRESS => return Err(failed(std::io::Error::other("it is no address"))),
        Ok(_) => {}
    }
    let text = std::fs::read_to_string(&path).map_err(failed)?;
    Ok(Some(text.parse::<Address>()?))
}

/// Whether a folder has, or names, a place for its bytes.
///
/// # Errors
/// [`StoreError::Missing`] where it has none; and when what it names cannot be read.
pub fn there(folder: &Path) -> Result<(), StoreError> {
    match folder.join("entente.db").exists() || database_of(folder)?.is_some() {
        true => Ok(()),
        false => Err(StoreError::Missing(folder.to_owned())),
    }
}

/// Says that the bytes of a folder are in a database from now on, or in the folder itself. Nothing is moved.
///
/// # Errors
/// When that cannot be written.
pub fn keep_in(folder: &Path, database: Option<&Address>) -> Result<(), StoreError> {
    let path = folder.join(DATABASE);
    let done = match database {
        Some(address) => entente_files::create_folder(folder)
            .and_then(|()| entente_files::replace(&path, format!("{address}\n").as_bytes())),
        None => match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => entente_files::settle(&path),
        },
    };
    done.map_err(|error| StoreError::File { path, error })
}

/// A folder with what keeps its bytes, and the keys to it.
pub(crate) struct Opened {
    pub(crate) folder: Folder,
    pub(crate) root: RootPlace,
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) reading: Arc<dyn Reading>,
    tell: Tell,
    /// The format of what is stored.
    format: i64,
}

impl Opened {
    pub(crate) fn exists(path: &Path) -> Result<bool, StoreError> {
        if let Some(address) = database_of(path)? {
            return Ok(Postgres::found_at(&address)? != Found::Nothing);
        }
        let database = path.join("entente.db");
        if !database.exists() {
            return Ok(false);
        }
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        Ok(!schema::is_blank(&connection)?)
    }

    pub(crate) fn created(path: &Path, root: RootPlace) -> Result<Self, StoreError> {
        let tell: Tell = Arc::new(|_| ());
        if let Some(address) = database_of(path)? {
            let folder = Folder::look(path, tell.clone())?.with_writers_elsewhere();
            let postgres = Postgres::at(&address, root.clone());
            if postgres.found()? != Found::Nothing {
                let server = address.server();
                return Err(ServerError::Taken { server }.into());
            }
            postgres.create()?;
            return Ok(Self::on_server(folder, root, postgres, tell, schema::FORMAT));
        }
        let folder = Folder::take(path, tell.clone())?;
        // The database's other files take over its rights.
        entente_files::open(&folder.database()).map_err(|error| StoreError::File {
            path: folder.database(),
            error,
        })?;
        let mut connection = Connection::open(folder.database())?;
        // A creation that was interrupted left a database without tables: it goes on here.
        if !schema::is_blank(&connection)? {
            return Err(StoreError::Exists(path.to_owned()));
        }
        schema::prepare(&connection)?;
        let vault = Vault::new(root.clone());
        schema::create(&mut connection, |connection| vault.found(connection))?;
        Ok(Self::in_folder(folder, root, connection, vault, tell, schema::FORMAT))
    }

    pub(crate) fn found(path: &Path, root: RootPlace, tell: Tell) -> Result<Self, StoreError> {
        if let Some(address) = database_of(path)? {
            let folder = Folder::look(path, tell.clone())?.with_writers_elsewhere();
            let postgres = Postgres::at(&address, root.clone());
            let format = postgres.check_format()?;
            return Ok(Self::on_server(folder, root, postgres, tell, format));
        }
        there(path)?;
        let folder = Folder::look(path, tell.clone())?;
        let connection = Connection::open_with_flags(folder.database(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        if schema::is_blank(&connection)? {
            return Err(StoreError::Missing(path.to_owned()));
        }
        schema::check_format(&connection)?;
        let format = schema::format(&connection)?;
        schema::prepare(&connection)?;
        let vault = Vault::new(root.clone());
        vault.catch_up(&connection)?;
        Ok(Self::in_folder(folder, root, connection, vault, tell, format))
    }

    fn in_folder(
        folder: Folder,
        root: RootPlace,
        connection: Connection,
        vault: Vault,
        tell: Tell,
        format: i64,
    ) -> Self {
        let file = folder.database();
        Self {
            reading: Arc::new(SqliteReading::of(file.clone(), vault.again())),
            engine: Box::new(Sqlite::at(&file, connection, vault)),
            folder,
            root,
            tell,
            format,
        }
    }

    fn on_server(folder: Folder, root: RootPlace, postgres: Postgres, tell: Tell, format: i64) -> Self {
        Self {
            reading: Arc::new(postgres.reading()),
            engine: Box::new(postgres),
            folder,
            root,
            tell,
            format,
        }
    }

    /// Makes the documents anew where an earlier program wrote other ones.
    pub(crate) fn renew<P: Projection>(&mut self) -> Result<(), StoreError> {
        if self.format == schema::FORMAT {
            return Ok(());
        }
        self.folder.hold()?;
        (self.tell)(
            "the documents of this folder are made anew from its events, once; this takes a while where there are many",
        );
        put_anew::<P>(&mut *self.engine)
    }
}

/// Puts the documents that follow from the events in place of those that are there.
pub(crate) fn put_anew<P: Projection>(engine: &mut dyn Engine) -> Result<(), StoreError> {
    engine.anew(&mut |tables: Tables<'_>| {
        let (mut state, mut documents) = (P::default(), BTreeSet::new());
        tables.each_event(1, &mut |stored| {
            documents.extend(state.apply(&tables.recorded::<P>(&stored)?));
            Ok(())
        })?;
        for key in &documents {
            tables.put_document(&state, key)?;
        }
        Ok(())
    })
}
