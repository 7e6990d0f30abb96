//! What the edge is told: whom to believe, whom to let in, how much of it, and what to speak TLS with.

use super::settings::Settings;
use crate::{edge::EdgeOptions, floods::FloodLimits, tls::TlsFiles};

pub(super) fn edge(settings: &mut Settings<'_>) -> EdgeOptions {
    let usual = FloodLimits::for_the_public();
    let trusted_proxies = settings.parse(
        "trusted_proxies",
        "addresses or networks such as 10.0.0.0/8, with commas between, and not everybody",
    );
    let allowed_origins = settings.parse(
        "allowed_origins",
        "origins such as https://shop.example as browsers write them, with commas between, and no pattern",
    );
    EdgeOptions {
        trusted_proxies: trusted_proxies.unwrap_or_default(),
        allowed_origins: allowed_origins.unwrap_or_default(),
        behind_tls: settings.parse("behind_tls", "true or false").unwrap_or_default(),
        flood_limits: FloodLimits {
            sign_ins_per_minute: settings.limit("sign_ins_per_minute", usual.sign_ins_per_minute),
            writes_per_second: settings.limit("writes_per_second", usual.writes_per_second),
            reads_per_second: settings.limit("reads_per_second", usual.reads_per_second),
            orders_per_minute: settings.limit("orders_per_minute", usual.orders_per_minute),
        },
    }
}

pub(super) fn tls(settings: &mut Settings<'_>) -> Option<TlsFiles> {
    match (settings.take("tls_certificate"), settings.take("tls_key")) {
        (Some(certificate), Some(key)) => Some(TlsFiles {
            certificate: certificate.into(),
            key: key.into(),
        }),
        (None, None) => None,
        (Some(_), None) => {
            settings.refuse("tls_key", "is required with tls_certificate");
            None
        }
        (None, Some(_)) => {
            settings.refuse("tls_certificate", "is required with tls_key");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::configuration::tests::{COMPLETE, read};

    #[test]
    fn the_edge_is_closed_and_floods_are_shed_unless_told_otherwise() {
        let usual = read(COMPLETE, &[]).unwrap();
        let edge = usual.server.edge;
        assert!(edge.allowed_origins.is_empty() && !edge.behind_tls && usual.tls.is_none());
        for limit in [
            edge.flood_limits.sign_ins_per_minute,
            edge.flood_limits.writes_per_second,
            edge.flood_limits.reads_per_second,
            edge.flood_limits.orders_per_minute,
        ] {
            assert!(limit.is_some());
        }
        let file = format!(
            "{COMPLETE}allowed_origins = \"https://shop.example\"\nbehind_tls = true\nreads_per_second = 0\n\
             tls_certificate = \"a.crt\"\n"
        );
        let told = read(
            &file,
            &[
                ("CATCHMENT_ORDERS_PER_MINUTE", "7"),
                ("CATCHMENT_TLS_KEY", "a.key"),
            ],
        )
        .unwrap();
        let edge = told.server.edge;
        assert!(edge.allowed_origins.contain("https://shop.example") && edge.behind_tls);
        assert_eq!(edge.flood_limits.reads_per_second, None);
        assert_eq!(edge.flood_limits.orders_per_minute.unwrap().get(), 7);
        assert!(told.tls.is_some());
    }

    #[test]
    fn settings_that_would_open_the_edge_are_refused() {
        for (line, name) in [
            ("allowed_origins = \"*\"", "allowed_origins"),
            ("allowed_origins = \"https://*.shop.example\"", "allowed_origins"),
            ("trusted_proxies = \"::/0\"", "trusted_proxies"),
            ("behind_tls = \"perhaps\"", "behind_tls"),
            ("sign_ins_per_minute = -1", "sign_ins_per_minute"),
            ("writes_per_second = 100001", "writes_per_second"),
            ("tls_certificate = \"a.crt\"", "tls_key"),
            ("tls_key = \"a.key\"", "tls_certificate"),
        ] {
            let error = read(&format!("{COMPLETE}{line}\n"), &[]).unwrap_err().to_string();
            assert!(error.contains(name), "{line}: {error}");
        }
    }
}
