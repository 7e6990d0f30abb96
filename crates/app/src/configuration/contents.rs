//! Where pictures are kept.

use super::Settings;
use ::contents::{Folder, S3, S3Settings, Sealed};
use attachments::ContentStore;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::is_open_to_others;
use zeroize::Zeroizing;

const DEFAULT_FOLDER: &str = "catchment-attachments";
const DEFAULT_REGION: &str = "us-east-1";
/// Amazon's have 40; what is much shorter can be guessed, or is a default that everybody knows.
const MINIMUM_SECRET_CHARACTERS: usize = 16;

/// Where pictures are kept, sealed in either case.
#[derive(Clone, Debug)]
pub enum Contents {
    /// `attachments_folder`. Default `catchment-attachments` in the working folder.
    Folder(PathBuf),
    /// `attachments_s3_endpoint`, `_bucket`, `_access_key`, `_secret_key` or `_secret_key_file`, and `_region`, which is
    /// us-east-1 by default.
    S3(S3Settings),
}

impl Contents {
    /// Opens it.
    pub fn open(&self) -> Result<Arc<dyn ContentStore>, String> {
        match self {
            Self::Folder(path) => {
                let folder = Folder::open(path).map_err(|error| {
                    format!(
                        "the folder of attachments {} cannot be used: {error}",
                        path.display()
                    )
                })?;
                Ok(Arc::new(Sealed::new(folder)))
            }
            Self::S3(settings) => {
                let bucket =
                    S3::new(settings).map_err(|error| format!("the bucket of attachments: {error}"))?;
                Ok(Arc::new(Sealed::new(bucket)))
            }
        }
    }

    /// Takes the settings; `None` where they were refused.
    pub(super) fn read(settings: &mut Settings<'_>) -> Option<Self> {
        let folder = settings.take("attachments_folder");
        let endpoint = settings.take("attachments_s3_endpoint");
        let region = settings.take("attachments_s3_region");
        let bucket = settings.take("attachments_s3_bucket");
        let access_key = settings.take("attachments_s3_access_key");
        let secret_key = settings.take("attachments_s3_secret_key").map(Zeroizing::new);
        let secret_key_file = settings.take("attachments_s3_secret_key_file");
        let Some(endpoint) = endpoint else {
            let given = [&region, &bucket, &access_key, &secret_key_file];
            if given.iter().any(|setting| setting.is_some()) || secret_key.is_some() {
                settings.refuse(
                    "attachments_s3_endpoint",
                    "is required with the others of attachments_s3",
                );
                return None;
            }
            return Some(Self::Folder(
                folder.unwrap_or_else(|| DEFAULT_FOLDER.to_owned()).into(),
            ));
        };
        if folder.is_some() {
            settings.refuse(
                "attachments_folder",
                "cannot stand beside attachments_s3_endpoint",
            );
        }
        let secret_key = secret_of(settings, secret_key, secret_key_file.as_deref()).filter(|secret_key| {
            let long_enough = secret_key.chars().count() >= MINIMUM_SECRET_CHARACTERS;
            if !long_enough {
                let least = format!("must have at least {MINIMUM_SECRET_CHARACTERS} characters");
                settings.refuse("attachments_s3_secret_key", &least);
            }
            long_enough
        });
        for (name, value) in [
            ("attachments_s3_bucket", &bucket),
            ("attachments_s3_access_key", &access_key),
        ] {
            if value.is_none() {
                settings.refuse(name, "is required with attachments_s3_endpoint");
            }
        }
        let bucket = S3Settings {
            endpoint,
            region: region.unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            bucket: bucket?,
            access_key: access_key?,
            secret_key: secret_key?,
        };
        if let Err(error) = S3::new(&bucket) {
            settings.refuse("attachments_s3_endpoint", &format!("cannot be used: {error}"));
        }
        Some(Self::S3(bucket))
    }
}

fn secret_of(
    settings: &mut Settings<'_>,
    secret_key: Option<Zeroizing<String>>,
    file: Option<&str>,
) -> Option<Zeroizing<String>> {
    match (secret_key, file) {
        (Some(secret_key), None) => Some(secret_key),
        (None, Some(file)) => read_secret(settings, Path::new(file)),
        (None, None) => {
            settings.refuse(
                "attachments_s3_secret_key",
                "or attachments_s3_secret_key_file is required with attachments_s3_endpoint",
            );
            None
        }
        (Some(_), Some(_)) => {
            settings.refuse(
                "attachments_s3_secret_key",
                "or attachments_s3_secret_key_file, not both",
            );
            None
        }
    }
}

fn read_secret(settings: &mut Settings<'_>, path: &Path) -> Option<Zeroizing<String>> {
    const NAME: &str = "attachments_s3_secret_key_file";
    match fs::File::open(path).and_then(|file| is_open_to_others(&file)) {
        Ok(false) => {}
        Ok(true) => {
            settings.refuse(NAME, "can be read by others than its owner: run chmod 600 on it");
            return None;
        }
        Err(error) => {
            settings.refuse(NAME, &format!("cannot be read: {error}"));
            return None;
        }
    }
    match fs::read_to_string(path).map(Zeroizing::new) {
        Ok(text) => Some(Zeroizing::new(text.trim().to_owned())),
        Err(error) => {
            settings.refuse(NAME, &format!("cannot be read: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::tests::{COMPLETE, read};

    #[test]
    fn pictures_are_kept_in_a_folder_or_in_a_bucket() {
        let folder = |file: &str| match read(&format!("{COMPLETE}{file}"), &[]).unwrap().contents {
            Contents::Folder(path) => path.display().to_string(),
            Contents::S3(_) => "a bucket".to_owned(),
        };
        assert_eq!(folder(""), "catchment-attachments");
        assert_eq!(
            folder("attachments_folder = \"/srv/pictures\"\n"),
            "/srv/pictures"
        );
        let bucket = format!(
            "{COMPLETE}attachments_s3_endpoint = \"https://s3.example.com\"\nattachments_s3_bucket = \"pictures\"\n\
             attachments_s3_access_key = \"visible-id\"\n"
        );
        let secret = [("CATCHMENT_ATTACHMENTS_S3_SECRET_KEY", "hidden-secret-key")];
        let configuration = read(&bucket, &secret).unwrap();
        let Contents::S3(settings) = &configuration.contents else {
            panic!("{configuration:?}")
        };
        assert_eq!(
            (settings.region.as_str(), settings.secret_key.as_str()),
            ("us-east-1", "hidden-secret-key")
        );
        assert!(!format!("{configuration:?}").contains("hidden-secret-key"));

        let refused = |file: &str| read(file, &[]).unwrap_err().to_string();
        assert!(refused(&bucket).contains("attachments_s3_secret_key"));
        let both = format!("{bucket}attachments_s3_secret_key = \"a\"\nattachments_folder = \"b\"\n");
        assert!(refused(&both).contains("attachments_folder"));
        let half = format!("{COMPLETE}attachments_s3_bucket = \"pictures\"\n");
        assert!(refused(&half).contains("attachments_s3_endpoint"));
        let nowhere = format!("{bucket}attachments_s3_secret_key = \"hidden-secret-key\"\n")
            .replace("https://s3.example.com", "s3.example.com");
        assert!(refused(&nowhere).contains("attachments_s3_endpoint"));
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_key_may_be_in_a_file_of_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "hidden-secret-key\n").unwrap();
        let file = format!(
            "{COMPLETE}attachments_s3_endpoint = \"https://s3.example.com\"\nattachments_s3_bucket = \"pictures\"\n\
             attachments_s3_access_key = \"visible-id\"\nattachments_s3_secret_key_file = \"{}\"\n",
            path.display()
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(read(&file, &[]).unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        match read(&file, &[]).unwrap().contents {
            Contents::S3(settings) => assert_eq!(settings.secret_key.as_str(), "hidden-secret-key"),
            Contents::Folder(path) => panic!("{}", path.display()),
        }
        let both = format!("{file}attachments_s3_secret_key = \"a\"\n");
        assert!(read(&both, &[]).unwrap_err().to_string().contains("not both"));
        fs::remove_file(&path).unwrap();
        assert!(
            read(&file, &[])
                .unwrap_err()
                .to_string()
                .contains("cannot be read")
        );
    }

    #[test]
    fn short_secrets_are_refused() {
        let bucket = format!(
            "{COMPLETE}attachments_s3_endpoint = \"https://s3.example.com\"\nattachments_s3_bucket = \"pictures\"\n\
             attachments_s3_access_key = \"id\"\nattachments_s3_secret_key = "
        );
        let shortest = "0123456789abcdef";
        assert!(read(&format!("{bucket}\"{shortest}\"\n"), &[]).is_ok());
        for short in ["", &shortest[1..]] {
            let refused = read(&format!("{bucket}\"{short}\"\n"), &[])
                .unwrap_err()
                .to_string();
            assert!(refused.contains("at least 16 characters"), "{refused}");
        }
    }
}
