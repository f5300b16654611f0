//! The key that seals secrets in the database: from the settings, or from a file beside the data that the first start makes.

use crate::settings::Settings;
use causeway_kernel::crypto;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

/// The name of the file in the data folder.
const FILE: &str = "secret.key";

/// The key.
///
/// # Errors
/// A sentence that says what to do: the setting is no key, or the file cannot be read or made.
pub fn load(settings: &Settings) -> Result<[u8; 32], String> {
    if let Some(text) = &settings.secret_key {
        return parse(text).ok_or_else(|| "The setting secret_key must be 32 bytes in URL-safe base 64; leave it out to have one made.".to_owned());
    }
    let path = settings.data_dir.join(FILE);
    let failed = |what: &str, error: std::io::Error| format!("cannot {what} {}: {error}. Name another folder with --data-dir.", path.display());
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(text.trim()).ok_or_else(|| format!("{} holds no key. Restore it from its copy; secrets in the database need it.", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = crypto::random::<32>();
            std::fs::create_dir_all(&settings.data_dir).map_err(|error| failed("make the folder of", error))?;
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(|error| failed("make", error))?;
            file.write_all(crypto::encode(&key).as_bytes()).and_then(|()| file.sync_all()).map_err(|error| failed("write", error))?;
            Ok(key)
        }
        Err(error) => Err(failed("read", error)),
    }
}

fn parse(text: &str) -> Option<[u8; 32]> {
    crypto::decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Given;

    #[test]
    fn the_first_start_makes_a_key_and_the_next_finds_it() {
        let folder = std::env::temp_dir().join(format!("causeway-key-{}", std::process::id()));
        let given = |secret_key: Option<&str>| Given { data_dir: Some(folder.clone()), secret_key: secret_key.map(str::to_owned), ..Given::default() };
        let settings = |secret_key: Option<&str>| Settings::load(None, given(secret_key)).unwrap();
        let made = load(&settings(None)).unwrap();
        assert_eq!(load(&settings(None)).unwrap(), made);
        assert_eq!(load(&settings(Some(&crypto::encode(&[7; 32])))).unwrap(), [7; 32]);
        assert!(load(&settings(Some("short"))).is_err());
        std::fs::write(folder.join(FILE), "broken").unwrap();
        assert!(load(&settings(None)).unwrap_err().contains("secret.key"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
