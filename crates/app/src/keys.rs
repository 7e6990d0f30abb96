//! The keys that a running server seals with follow their file, so that they rotate without a restart.

use actix_web::{rt::time::sleep, web::block};
use storage::{Database, KEYS_FOLLOWED_EVERY};

/// Looks at the key file for as long as it is polled. One that cannot be read leaves the keys as they are.
pub(crate) async fn follow_forever(database: Database) {
    let mut failing = false;
    loop {
        let following = database.clone();
        match block(move || following.vault().follow()).await {
            Ok(Ok(changed)) => {
                failing = false;
                if changed {
                    tracing::info!(
                        version = database.vault().current_version(),
                        "the keys have changed"
                    );
                }
            }
            Ok(Err(error)) => {
                // Once, not every second.
                if !failing {
                    tracing::warn!(%error, "the keys cannot be read again");
                }
                failing = true;
            }
            // The panic hook has logged where.
            Err(_) => {}
        }
        sleep(KEYS_FOLLOWED_EVERY).await;
    }
}
