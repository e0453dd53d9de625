//! Further certificate authorities for browsers.
//!
//! Firefox takes them from a script in the browser. Chromium takes none over `WebDriver` or
//! `DevTools`. It reads the NSS database in its home directory, which `certutil` writes.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::{error::StartError, excerpt::Excerpt};

/// Chromium's database, relative to its home directory.
const DATABASE: &str = ".pki/nssdb";

/// An NSS database with the authorities. Each Chromium gets a copy, since it writes there.
#[derive(Debug)]
pub(crate) struct TrustStore(PathBuf);

impl TrustStore {
    /// Writes the database under `root`. `authorities` are X.509 certificates in DER.
    pub(crate) async fn create(root: &Path, authorities: &[Vec<u8>]) -> Result<Self, StartError> {
        let store = root.join("authorities");
        fs::create_dir(&store).map_err(StartError::TempDir)?;
        for (number, authority) in authorities.iter().enumerate() {
            add(&store, number, authority).await?;
        }
        Ok(Self(store))
    }

    /// Copies the database into a Chromium's home directory.
    pub(crate) fn copy_to(&self, home: &Path) -> io::Result<()> {
        let database = home.join(DATABASE);
        fs::create_dir_all(&database)?;
        for file in fs::read_dir(&self.0)?.flatten() {
            fs::copy(file.path(), database.join(file.file_name()))?;
        }
        Ok(())
    }
}

/// Adds an authority that is trusted for web servers (`C`) only.
async fn add(store: &Path, number: usize, authority: &[u8]) -> Result<(), StartError> {
    let certificate = store.with_extension("der");
    fs::write(&certificate, authority).map_err(StartError::TempDir)?;
    let database = format!("sql:{}", store.display());
    let name = format!("authority {number}");
    let mut certutil = Command::new("certutil");
    certutil
        .args(["-A", "--empty-password", "-t", "C,,", "-d", &database])
        .args(["-n", &name, "-i"])
        .arg(&certificate)
        .kill_on_drop(true);
    let ended = certutil.output().await;
    let ended = ended.map_err(|error| refused(&format!("certutil does not start: {error}")))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    Err(refused(&format!("{name}: {said}")))
}

fn refused(why: &str) -> StartError {
    StartError::Authorities {
        message: Excerpt::of(why),
    }
}
