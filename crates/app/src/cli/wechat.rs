//! From what the configuration says of WeChat to the port that the server asks.

use crate::configuration::{SecretPlace, WechatConfiguration};
use identity::{NoWechat, WechatPort};
use kernel::Clock;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};
use storage::is_open_to_others;
use thiserror::Error;
use wechat::{AppSecret, SettingError, WechatApi, WechatSettings};

/// Why there is no secret to speak to WeChat with.
#[derive(Debug, Error)]
pub(super) enum WechatRefusal {
    #[error("the WeChat secret file {0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("the WeChat secret file {0} can be read by others than its owner: run `chmod 600 {0}`")]
    OpenToOthers(PathBuf),
    #[error("the WeChat secret file {0} {1}")]
    NoSecret(PathBuf, SettingError),
}

/// WeChat as configured, or nobody where it is not.
pub(super) fn port(
    configuration: Option<WechatConfiguration>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn WechatPort>, WechatRefusal> {
    let Some(configuration) = configuration else {
        return Ok(Arc::new(NoWechat));
    };
    let settings = WechatSettings {
        base_url: configuration.base_url,
        appid: configuration.appid,
        secret: match configuration.secret {
            SecretPlace::Here(secret) => secret,
            SecretPlace::File(path) => read_secret(&path)?,
        },
    };
    Ok(Arc::new(WechatApi::new(settings, clock)))
}

fn read_secret(path: &Path) -> Result<AppSecret, WechatRefusal> {
    let unreadable = |error| WechatRefusal::Unreadable(path.to_owned(), error);
    let mut file = File::open(path).map_err(unreadable)?;
    if is_open_to_others(&file).map_err(unreadable)? {
        return Err(WechatRefusal::OpenToOthers(path.to_owned()));
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(unreadable)?;
    AppSecret::parse(text).map_err(|error| WechatRefusal::NoSecret(path.to_owned(), error))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    fn file(text: &str, mode: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn a_secret_file_is_its_owners_alone() {
        let kept = file("0123456789abcdef\n", 0o600);
        let expected = AppSecret::parse("0123456789abcdef".to_owned()).unwrap();
        assert_eq!(read_secret(kept.path()).unwrap(), expected);
        for mode in [0o640, 0o604, 0o620] {
            let open = file("0123456789abcdef", mode);
            let refused = read_secret(open.path()).unwrap_err();
            assert!(matches!(refused, WechatRefusal::OpenToOthers(_)), "{mode:o}");
            assert!(refused.to_string().contains("chmod 600"));
        }
    }

    #[test]
    fn a_file_without_a_secret_is_told_without_quoting_it() {
        let wrong = file("two words that are long", 0o600);
        let refused = read_secret(wrong.path()).unwrap_err();
        assert!(
            !refused.to_string().contains("two words that are long"),
            "{refused}"
        );
        let missing = read_secret(Path::new("there-is-none")).unwrap_err();
        assert!(matches!(missing, WechatRefusal::Unreadable(..)));
    }
}
