//! The key that seals secrets in the database: from the settings, or from a file beside the data that the first start makes.

use crate::settings::Settings;
use causeway_govern::tenancy::bootstrap;
use causeway_kernel::{Db, crypto, seal};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// The name of the file in the data folder.
const FILE: &str = "secret.key";

/// The key. The database remembers its name, so that another host, an empty folder or a restored copy does not go on with another one unnoticed.
///
/// # Errors
/// A sentence that says what to do: the setting is no key, the file cannot be read or made, or it is not the key of this database.
pub async fn load(settings: &Settings, db: &Db) -> Result<[u8; 32], String> {
    if let Some(wrong) = difference(settings, db).await? {
        return Err(wrong);
    }
    let key = find_or_make(settings)?;
    let name = seal::name_of(&key);
    let counts = bootstrap::name_secret_key(db, &name, false).await.map_err(|problem| problem.detail)?;
    if counts == name { Ok(key) } else { Err(another(settings)) }
}

/// Goes on with the key that is there, or a new one: the old one is lost, and what it sealed with it.
///
/// # Errors
/// As [`load`].
pub async fn renew(settings: &Settings, db: &Db) -> Result<(), String> {
    let key = find_or_make(settings)?;
    bootstrap::name_secret_key(db, &seal::name_of(&key), true).await.map(drop).map_err(|problem| problem.detail)
}

fn find_or_make(settings: &Settings) -> Result<[u8; 32], String> {
    match find(settings)? {
        Some(key) => Ok(key),
        None => make(settings),
    }
}

/// What is wrong about the key of this database, in a sentence that says what to do; nothing for a database that has none yet.
///
/// # Errors
/// As [`load`].
pub async fn difference(settings: &Settings, db: &Db) -> Result<Option<String>, String> {
    let Some(known) = bootstrap::secret_key_name(db).await.map_err(|problem| problem.detail)? else { return Ok(None) };
    let found = find(settings)?;
    Ok(match found {
        Some(key) if seal::name_of(&key) == known => None,
        Some(_) => Some(another(settings)),
        None => Some(format!("The key that seals the secrets of this database is not here: there is no {}. {}", path(settings).display(), remedy(settings))),
    })
}

fn another(settings: &Settings) -> String {
    let place = if settings.secret_key.is_some() { "the setting secret_key".to_owned() } else { path(settings).display().to_string() };
    format!("The secrets of this database were sealed with another key than that of {place}. {}", remedy(settings))
}

fn remedy(settings: &Settings) -> String {
    format!(
        "Put the {FILE} that belongs to the database into {}, or set CAUSEWAY_SECRET_KEY to what it holds; all instances need the same. If it is lost for good, \
         start once with `causeway serve --new-secret-key`: whoever has a second factor then needs it reset (POST /v1/users/{{id}}/reset-totp).",
        settings.data_dir.display()
    )
}

/// Where the key is when the settings hold none.
pub fn path(settings: &Settings) -> PathBuf {
    settings.data_dir.join(FILE)
}

/// The key of the settings or of the file; `None` when there is neither.
fn find(settings: &Settings) -> Result<Option<[u8; 32]>, String> {
    if let Some(text) = &settings.secret_key {
        let key = parse(text).ok_or_else(|| "The setting secret_key must be 32 bytes in URL-safe base 64; leave it out to have one made.".to_owned());
        return key.map(Some);
    }
    let path = path(settings);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            parse(text.trim()).map(Some).ok_or_else(|| format!("{} holds no key. Restore it from its copy; secrets in the database need it.", path.display()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("cannot read {}: {error}. Name another folder with --data-dir.", path.display())),
    }
}

/// Makes the file, readable for its owner only.
fn make(settings: &Settings) -> Result<[u8; 32], String> {
    let path = path(settings);
    let failed = |what: &str, error: std::io::Error| format!("cannot {what} {}: {error}. Name another folder with --data-dir.", path.display());
    let key = crypto::random::<32>();
    std::fs::create_dir_all(&settings.data_dir).map_err(|error| failed("make the folder of", error))?;
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(|error| failed("make", error))?;
    file.write_all(crypto::encode(&key).as_bytes()).and_then(|()| file.sync_all()).map_err(|error| failed("write", error))?;
    Ok(key)
}

fn parse(text: &str) -> Option<[u8; 32]> {
    crypto::decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Given;

    fn settings(folder: &std::path::Path, secret_key: Option<&str>) -> Settings {
        let given = Given { data_dir: Some(folder.to_owned()), secret_key: secret_key.map(str::to_owned), ..Given::default() };
        Settings::load(None, &given).unwrap()
    }

    #[tokio::test]
    async fn the_first_start_makes_a_key_and_the_next_ones_need_it() {
        let folder = std::env::temp_dir().join(format!("causeway-key-{}", std::process::id()));
        let plain = settings(&folder, None);
        let db = crate::store::open(&plain).await.unwrap();
        assert!(load(&settings(&folder, Some("short")), &db).await.is_err());
        assert_eq!(difference(&plain, &db).await.unwrap(), None, "a new database has no key yet");
        let made = load(&plain, &db).await.unwrap();
        assert_eq!(load(&plain, &db).await.unwrap(), made);
        // The same key from the settings is the same key; another one is refused wherever it comes from.
        assert_eq!(load(&settings(&folder, Some(&crypto::encode(&made))), &db).await.unwrap(), made);
        let other = settings(&folder, Some(&crypto::encode(&[7; 32])));
        assert!(load(&other, &db).await.unwrap_err().contains("the setting secret_key"));
        let file = folder.join(FILE);
        std::fs::write(&file, "broken").unwrap();
        assert!(load(&plain, &db).await.unwrap_err().contains("secret.key"));
        std::fs::remove_file(&file).unwrap();
        let refused = load(&plain, &db).await.unwrap_err();
        assert!(refused.contains("secret.key") && refused.contains("--new-secret-key"), "{refused}");
        assert!(!file.exists(), "no other key is made in the place of the lost one");
        // Lost for good: from then on the new one counts.
        renew(&plain, &db).await.unwrap();
        let fresh = load(&plain, &db).await.unwrap();
        assert_ne!(fresh, made);
        assert!(load(&settings(&folder, Some(&crypto::encode(&made))), &db).await.is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
