//! One pass over many bytes for many values, each in three forms.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::{
    collections::BTreeSet,
    fmt::Write,
    fs, io,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};
use tracing_subscriber::EnvFilter;

/// Small and capital letters alike.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// As JSON writes it that keeps to ASCII.
fn escaped(value: &str) -> String {
    let mut units = [0; 2];
    value.chars().fold(String::new(), |mut text, character| {
        if character.is_ascii() {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut units) {
                write!(text, "\\u{unit:04x}").unwrap();
            }
        }
        text
    })
}

/// What is looked for.
pub struct Needles {
    automaton: AhoCorasick,
    names: Vec<&'static str>,
}

impl Needles {
    pub fn of(values: &[(&'static str, String)]) -> Self {
        let (mut patterns, mut names) = (Vec::new(), Vec::new());
        for (name, value) in values {
            let forms = [
                value.as_bytes().to_vec(),
                escaped(value).into_bytes(),
                hexadecimal(value.as_bytes()).into_bytes(),
            ];
            for form in BTreeSet::from(forms) {
                patterns.push(form);
                names.push(*name);
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .ascii_case_insensitive(true)
            .build(patterns)
            .unwrap();
        Self { automaton, names }
    }

    /// What was found, without its value.
    pub fn in_bytes(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        self.automaton
            .find_iter(bytes)
            .map(|found| {
                let name = self.names[found.pattern().as_usize()];
                format!("{name} in {place} at {}", found.start())
            })
            .collect()
    }

    /// The same for every file below a folder.
    pub fn in_folder(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let (path, kind) = entry
                .map(|entry| (entry.path(), entry.file_type().unwrap()))
                .unwrap();
            if kind.is_dir() {
                found.extend(self.in_folder(&path));
            } else if kind.is_file() {
                match fs::read(&path) {
                    Ok(bytes) => found.extend(self.in_bytes(&path.display().to_string(), &bytes)),
                    // The server may remove one of its files meanwhile.
                    Err(error) => assert_eq!(error.kind(), io::ErrorKind::NotFound, "{}", path.display()),
                }
            }
        }
        found
    }
}

/// All that this process logs, most of it more than a server would.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn installed() -> Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let writer = log.clone();
            tracing_subscriber::fmt()
                .with_env_filter(EnvFilter::new("debug,app=trace,storage=trace"))
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .try_init()
                .expect("nobody else listens");
            log
        })
        .clone()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
