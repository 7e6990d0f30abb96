//! Values that nothing else in the database or the log looks like.

/// The values that went in, each with what it is.
#[derive(Default)]
pub struct Canaries {
    values: Vec<(&'static str, String)>,
    next: u64,
}

impl Canaries {
    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn values(&self) -> &[(&'static str, String)] {
        &self.values
    }

    /// Takes note of a value that something else made, such as a token.
    pub fn keep(&mut self, what: &'static str, value: &str) -> String {
        self.values.push((what, value.to_owned()));
        value.to_owned()
    }

    /// A number that no other value has, and that tells nothing of the next: `SplitMix64` over a counter.
    fn draw(&mut self) -> u64 {
        self.next += 1;
        let mut mixed = self.next.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Six Chinese characters.
    fn han(&mut self) -> String {
        let mut left = self.draw();
        let mut character = || {
            let offset = u32::try_from(left % 1_000).unwrap();
            left /= 1_000;
            char::from_u32(0x4e00 + offset * 20).unwrap()
        };
        (0..6).map(|_| character()).collect()
    }

    #[allow(clippy::needless_pass_by_value, reason = "every caller has just made it")]
    fn kept(&mut self, what: &'static str, value: String) -> String {
        self.keep(what, &value)
    }

    pub fn name(&mut self) -> String {
        let han = self.han();
        self.kept("name", han)
    }

    /// Words of any kind, short enough for a tag.
    pub fn text(&mut self, what: &'static str) -> String {
        let (han, number) = (self.han(), self.draw() % 100_000_000);
        self.kept(what, format!("{han}{number:08}"))
    }

    pub fn phone(&mut self) -> String {
        let number = self.draw() % 1_000_000_000;
        self.kept("phone", format!("13{number:09}"))
    }

    pub fn email(&mut self) -> String {
        let number = self.draw();
        self.kept("e-mail", format!("canary{number:x}@example.com"))
    }

    pub fn username(&mut self) -> String {
        let number = self.draw();
        self.kept("user name", format!("canary-{number:x}"))
    }

    pub fn password(&mut self) -> String {
        let number = self.draw();
        self.kept("password", format!("Correct-{number:x}"))
    }

    /// Who somebody is to WeChat.
    pub fn openid(&mut self) -> String {
        let number = self.draw();
        self.kept("openid", format!("oCanary-{number:x}"))
    }

    pub fn identity_number(&mut self) -> String {
        let serial = u16::try_from(self.draw() % 26_000).unwrap();
        let number = testing::build::agents::identity_number(serial);
        self.kept("identity number", number)
    }

    /// Degrees east and north. No division's code begins as their digits do.
    pub fn position(&mut self) -> (f64, f64) {
        let (east, north) = (self.draw() % 900_000, self.draw() % 900_000);
        for text in [
            format!("114{:06}", 50_000 + east),
            format!("114.{:06}", 50_000 + east),
            format!("22.{:06}", 50_000 + north),
        ] {
            self.kept("coordinate", text);
        }
        let degrees = |whole: f64, millionths: u64| {
            whole + f64::from(u32::try_from(50_000 + millionths).unwrap()) / 1_000_000.0
        };
        (degrees(114.0, east), degrees(22.0, north))
    }
}
